import CGraphviz
import Synchronization

/// Why a drawing could not be made.
public struct DrawingError: Error, Sendable, CustomStringConvertible {
  /// What GraphViz said, for people.
  public let description: String
}

/// Lays a DOT text out as SVG by the GraphViz library (libgvc, `dot` engine).
///
/// The result refers to nothing outside itself: links, images and style sheets never stand in the texts that `DOTDocument` writes.
/// Unsafe: libgvc takes and gives C pointers; bound: the text is handed over with its length, the result is copied by the length that
/// libgvc states and freed by libgvc before this returns.
public enum SVGDrawing {
  /// GraphViz keeps state of its own in global variables: one drawing at a time.
  private static let turn = Mutex(())

  /// The SVG of a DOT text; throws where GraphViz or its SVG and layout plug-ins are missing or refuse the text.
  public static func bytes(dot: [UInt8]) throws(DrawingError) -> [UInt8] {
    standalone(try turn.withLock { _ throws(DrawingError) in try draw(dot) })
  }

  /// Without GraphViz's document type, which names a file on another machine, and its comments, which name its version.
  private static func standalone(_ svg: [UInt8]) -> [UInt8] {
    let start = Array("<svg".utf8)
    let place = svg.indices.first { svg[$0...].starts(with: start) } ?? svg.startIndex
    return Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8) + svg[place...]
  }

  private static func draw(_ dot: [UInt8]) throws(DrawingError) -> [UInt8] {
    // What GraphViz has to say goes into our own errors, not past them to standard error.
    _ = agseterr(AGMAX)
    guard let context = unsafe gvContext() else { throw DrawingError(description: "GraphViz could not be started") }
    defer { _ = unsafe gvFreeContext(context) }
    let read = unsafe dot.withUnsafeBufferPointer { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { text in unsafe holdfast_read(text.baseAddress, text.count) }
    }
    guard let graph = unsafe read else { throw DrawingError(description: "GraphViz could not read the graph") }
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
