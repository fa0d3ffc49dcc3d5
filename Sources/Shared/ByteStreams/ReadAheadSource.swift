import Concurrency

/// Reads and decodes a few blocks ahead in a thread of its own, so that a decoder and whoever uses its bytes share the work of two processors.
public final class ReadAheadSource: ByteSource {
  /// An object, so that its bytes stay its own whoever else still knows it, and are never copied to be written anew.
  private final class Block: @unchecked Sendable {
    var bytes = [UInt8](repeating: 0, count: 4 * blockByteCount)
    var count = 0
    var fileOffset: Int64 = 0
    var failure: StreamError?
  }

  /// What the thread owns from its start on: nobody else touches it.
  private final class Inner: @unchecked Sendable {
    let source: any ByteSource
    init(_ source: any ByteSource) { self.source = source }
  }

  /// The name of the source that is read ahead.
  public let name: String
  /// The size of its file, nil for a pipe.
  public let fileSize: Int64?
  /// How much of the file was read when the bytes handed out last were decoded.
  public private(set) var fileOffset: Int64
  private let full = HandOver<Block>(countMax: 4)
  private let empty = HandOver<Block>(countMax: 8)
  private var current: Block?
  private var used = 0

  /// Begins to read a source ahead; the source must not be used otherwise any more.
  public init(_ source: any ByteSource) throws(StreamError) {
    name = source.name
    fileSize = source.fileSize
    fileOffset = source.fileOffset
    let inner = Inner(source)
    let (full, empty, isFile) = (full, empty, source.fileSize != nil)
    do throws(WorkerThread.Failure) {
      // It may be waiting for a pipe when nobody wants its bytes any more: so it is not joined.
      try WorkerThread {
        var isLast = false
        while !isLast {
          let block = empty.takeIfAny() ?? Block()
          block.count = 0
          do throws(StreamError) {
            repeat {
              let got = try inner.source.read(into: &block.bytes, from: block.count)
              block.count += got
              isLast = got == 0
              // What comes through a pipe is handed on as it comes.
            } while !isLast && isFile && block.count < block.bytes.count
          } catch {
            block.failure = error
            isLast = true
          }
          block.fileOffset = inner.source.fileOffset
          if !full.give(block) { break }
        }
        full.finish()
      }.detach()
    } catch {
      throw StreamError(name: source.name, kind: .system(error.code), offset: 0, detail: "no thread to read ahead")
    }
  }

  deinit { full.refuse() }

  /// Hands out bytes that were decoded ahead, waiting for them; throws what the decoder found wrong, behind the bytes that were good.
  public func read(into buffer: inout [UInt8], from start: Int) throws(StreamError) -> Int {
    while true {
      guard let block = current ?? full.take() else { return 0 }
      current = block
      if used < block.count {
        fileOffset = block.fileOffset
        let count = min(block.count - used, buffer.count - start)
        buffer.replaceSubrange(start..<(start + count), with: block.bytes[used..<(used + count)])
        used += count
        return count
      }
      // What was found wrong stands behind the bytes that were good.
      if let failure = block.failure { throw failure }
      (current, used) = (nil, 0)
      empty.give(block)
    }
  }
}
