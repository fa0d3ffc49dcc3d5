import ByteStreams
import Foundation
import TestSupport
import Testing

/// What holds for every wrapping, and what only lz4 and xz have.
@Suite struct WrappingTests {
  private static let skippable: [UInt8] = [0x53, 0x2A, 0x4D, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]

  @Test(arguments: Wrapped.available, [0, 1, 5, 6, 7, 65_536, 128 * 1024, 256 * 1024 + 1, 5_000_000]) func contentOfAnySizeIsRead(
    wrapped: Wrapped, size: Int
  ) throws {
    let content = content(size, seed: UInt64(size))
    let file = try wrapped.wrap(content)
    #expect(try readAll(file) == content)
    if size < 300_000 { #expect(try readAll(file, bufferByteCount: 1000) == content) }
  }

  @Test(arguments: Wrapped.available, [1, 3, 4096]) func smallBuffersGiveAll(wrapped: Wrapped, bufferByteCount: Int) throws {
    let content = content(20_000, seed: 3)
    #expect(try readAll(try wrapped.wrap(content), bufferByteCount: bufferByteCount) == content)
  }

  @Test(arguments: Wrapped.available) func severalPiecesAreOneStream(wrapped: Wrapped) throws {
    let parts = [content(50_000, seed: 1), [], content(300_000, seed: 2), [0x41]]
    let file = try parts.flatMap { try wrapped.wrap($0) }
    for bufferByteCount in [1000, blockByteCount] { #expect(try readAll(file, bufferByteCount: bufferByteCount) == parts.flatMap { $0 }) }
  }

  /// What can be read of a file before reading fails.
  private func readUntilFailure(_ bytes: [UInt8]) throws -> (bytes: [UInt8], failure: StreamError?) {
    let scratch = try Scratch()
    let source = try openSource(path: try scratch.write("file", bytes))
    var buffer = [UInt8](repeating: 0, count: 8192)
    var result: [UInt8] = []
    do throws(StreamError) {
      while true {
        let got = try source.read(into: &buffer, from: 0)
        if got == 0 { return (result, nil) }
        result += buffer[..<got]
      }
    } catch { return (result, error) }
  }

  @Test(arguments: Wrapped.available) func everyCutIsSaidAndWhatCameBeforeItIsReadFirst(wrapped: Wrapped) throws {
    let content = content(9000, seed: 5)
    let file = try wrapped.wrap(content)
    for cut in 6..<file.count {
      let (bytes, failure) = try readUntilFailure(Array(file[..<cut]))
      #expect(failure?.kind == .cutShort, "cut at \(cut) of \(file.count)")
      #expect(failure?.offset == Int64(cut), "cut at \(cut) of \(file.count)")
      #expect(content.starts(with: bytes), "cut at \(cut) of \(file.count)")
    }
  }

  @Test(arguments: Wrapped.available) func aFlippedBitIsNeverReadAsGood(wrapped: Wrapped) throws {
    let file = try wrapped.wrap(content(20_000, seed: 7))
    var random = SeededRandom(seed: 8)
    for place in stride(from: 10, to: file.count, by: 31) {
      var bytes = file
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      #expect(throws: StreamError.self, "byte \(place) of \(file.count), seed 8") { try readAll(bytes) }
    }
  }

  @Test(arguments: Wrapped.available) func rubbishBehindTheLastPieceIsDamageBehindAllContent(wrapped: Wrapped) throws {
    let content = content(300_000, seed: 9)
    let (bytes, failure) = try readUntilFailure(try wrapped.wrap(content) + Array("rubbish rubbish!".utf8))
    #expect(bytes == content)
    #expect(failure?.kind == .damaged)
  }

  @Test func zerosBehindGzipAndXzArePaddingAndRubbishBehindThemIsNot() throws {
    let content = content(1000, seed: 1)
    for wrapped in [Wrapped.gzip, .xz] where wrapped.tool != nil {
      let file = try wrapped.wrap(content)
      for count in [4, 512, 300_000] {
        #expect(try readAll(file + [UInt8](repeating: 0, count: count)) == content, "\(wrapped), \(count)")
        let (bytes, failure) = try readUntilFailure(file + [UInt8](repeating: 0, count: count) + [1])
        #expect(bytes == content)
        #expect(failure?.kind == .damaged || failure?.kind == .cutShort, "\(wrapped), \(count)")
      }
    }
  }

  @Test(arguments: Wrapped.available, Wrapped.available) func oneWrappingInsideAnotherIsLookedThrough(inner: Wrapped, outer: Wrapped) throws
  {
    let content = content(100_000, seed: 2)
    let file = try outer.wrap(try inner.wrap(content))
    for bufferByteCount in [5, 1000, blockByteCount] where bufferByteCount > 5 || inner == outer {
      #expect(try readAll(file, bufferByteCount: bufferByteCount) == content, "\(inner) in \(outer)")
    }
    let (bytes, failure) = try readUntilFailure(Array(file.dropLast(file.count / 3)))
    #expect(content.starts(with: bytes))
    #expect(
      failure.map { $0.kind == .cutShort && $0.offset <= Int64(file.count) && $0.offset > 0 } == true, "\(String(describing: failure))")
  }

  @Test func aThirdWrappingIsContent() throws {
    let twice = try Wrapped.gzip.wrap(try Wrapped.gzip.wrap([1, 2, 3]))
    #expect(try readAll(try Wrapped.zstandard.wrap(twice)) == (try Wrapped.gzip.wrap([1, 2, 3])))
  }

  @Test(.enabled(if: Wrapped.lz4.tool != nil, "lz4 is not installed")) func skippableFramesBetweenLZ4FramesAreSkipped() throws {
    let one = try Wrapped.lz4.wrap([7])
    #expect(try readAll(one + Self.skippable + one + Self.skippable) == [7, 7])
    let (bytes, failure) = try readUntilFailure(one + Self.skippable.dropLast())
    #expect(bytes == [7])
    #expect(failure?.kind == .cutShort)
  }

  @Test(.enabled(if: Wrapped.lz4.tool != nil, "lz4 is not installed")) func lz4BlocksOfEverySizeAndKindAreRead() throws {
    let tool = try #require(Wrapped.lz4.tool)
    let content = content(6_000_000, seed: 6)
    let scratch = try Scratch()
    let path = try scratch.write("plain", content)
    for options in [["-B4"], ["-B5", "-BD"], ["-B6", "--no-frame-crc"], ["-B7", "-BD", "-9"]] {
      let file = try Tools.run(executable: tool, options + ["-c", "-q", path]).output
      #expect(try readAll(file) == content, "\(options)")
      #expect(try readAll(file, bufferByteCount: 10_000) == content, "\(options)")
    }
  }

  @Test(.enabled(if: Wrapped.lz4.tool != nil, "lz4 is not installed")) func whatStandsBeforeADamagedBlockIsHandedOut() throws {
    let content = content(2_000_000, seed: 16)
    var file = try Tools.run(executable: try #require(Wrapped.lz4.tool), ["-B4", "-BX", "-c", "-q"], input: content).output
    let place = file.count / 2
    for offset in 0..<16 { file[place + offset] ^= 0x5A }
    let (bytes, failure) = try readUntilFailure(file)
    #expect(failure?.kind == .damaged)
    #expect(bytes.count > 800_000 && content.starts(with: bytes), "\(bytes.count)")
  }

  @Test(.enabled(if: Wrapped.xz.tool != nil, "xz is not installed")) func xzThatNeedsTooMuchMemoryIsRefused() throws {
    let tool = try #require(Wrapped.xz.tool)
    for (dictionary, isRead) in [("96MiB", true), ("256MiB", false)] {
      let file = try Tools.run(executable: tool, ["-c", "-q", "--lzma2=preset=0,dict=\(dictionary)"], input: [1, 2, 3]).output
      if isRead {
        #expect(try readAll(file) == [1, 2, 3])
      } else {
        let error = try #require(throws: StreamError.self) { try readAll(file) }
        #expect(error.detail.contains("memory"), "\(error)")
      }
    }
  }

  @Test(arguments: Wrapped.available) func offsetsCountBytesOfTheFileItself(wrapped: Wrapped) throws {
    let scratch = try Scratch()
    for file in [try wrapped.wrap(content(300_000, seed: 4)), try wrapped.wrap(try Wrapped.gzip.wrap(content(300_000, seed: 4)))] {
      let source = try openSource(path: try scratch.write("file", file))
      var buffer = [UInt8](repeating: 0, count: 4096)
      var last: Int64 = 0
      while try source.read(into: &buffer, from: 0) > 0 {
        #expect(source.fileOffset >= last && source.fileOffset <= Int64(file.count))
        last = source.fileOffset
      }
      #expect(source.fileOffset == Int64(file.count))
    }
  }
}
