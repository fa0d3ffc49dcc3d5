import CGraphviz

/// Why a drawing could not be made.
public struct DrawingError: Error, Sendable, CustomStringConvertible {
  /// What GraphViz said, for people.
  public let description: String
}

/// Lays a DOT text out as SVG by the GraphViz library (libgvc, `dot` engine).
///
/// The result refers to nothing outside itself: links, images and style sheets never stand in the texts that `DOTDocument` writes.
/// Unsafe: libgvc takes and gives C pointers; bound: the text is handed over with its terminating zero, the result is copied by the length that
/// libgvc states and freed by libgvc before this returns.
public enum SVGDrawing {
  /// The SVG of a DOT text; throws where GraphViz or its SVG and layout plug-ins are missing or refuse the text.
  public static func bytes(dot: [UInt8]) throws(DrawingError) -> [UInt8] {
    guard let context = unsafe gvContext() else { throw DrawingError(description: "GraphViz could not be started") }
    defer { _ = unsafe gvFreeContext(context) }
    guard
      let graph = unsafe (dot + [0]).withUnsafeBufferPointer({ bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { text in unsafe agmemread(text.baseAddress) }
      })
    else { throw DrawingError(description: "GraphViz could not read the graph") }
    defer { _ = unsafe agclose(graph) }
    guard unsafe gvLayout(context, graph, "dot") == 0 else { throw DrawingError(description: "GraphViz could not lay the graph out") }
    defer { _ = unsafe gvFreeLayout(context, graph) }
    var result: UnsafeMutablePointer<CChar>? = nil
    var length: UInt32 = 0
    guard unsafe gvRenderData(context, graph, "svg", &result, &length) == 0, let data = unsafe result else {
      throw DrawingError(description: "GraphViz could not write SVG")
    }
    defer { unsafe gvFreeRenderData(data) }
    return unsafe data.withMemoryRebound(to: UInt8.self, capacity: Int(length)) { bytes in
      unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(length)))
    }
  }
}
