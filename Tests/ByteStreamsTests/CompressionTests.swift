import ByteStreams
import Foundation
import TestSupport
import Testing

/// What holds for gzip and for Zstandard.
@Suite struct CompressionTests {
  static let suffixes = [".gz", ".zst"]
  static let sizes = [0, 1, 3, 4, 5, 100, 128 * 1024 - 1, 128 * 1024, 128 * 1024 + 1, 256 * 1024, 700_001, 3_000_000]

  /// A system tool that checks a compressed file, where it is installed.
  private func checker(_ suffix: String) -> String? {
    let path = suffix == ".gz" ? "/usr/bin/gzip" : "/usr/bin/zstd"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }

  @Test(arguments: suffixes, sizes) func whatIsWrittenIsReadAsTheSame(suffix: String, size: Int) throws {
    let content = content(size, seed: UInt64(size))
    let file = try written(content, suffix: suffix)
    #expect(try readAll(file) == content)
    #expect(try written(content, suffix: suffix) == file)
    let scratch = try Scratch()
    let path = try scratch.write("file" + suffix, file)
    guard let checker = checker(suffix) else { return }
    #expect(try Tools.run(executable: checker, ["-t", "-q", path]).status == 0)
    #expect(try Tools.run(executable: checker, ["-d", "-c", "-q", path]).output == content)
  }

  @Test(arguments: suffixes) func howItWasWrittenInPiecesDoesNotMatterForReading(suffix: String) throws {
    let content = content(600_000, seed: 9)
    for seed: UInt64 in 1...8 { #expect(try readAll(try written(content, suffix: suffix, seed: seed)) == content, "seed \(seed)") }
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

  @Test(arguments: suffixes) func whatStoodBeforeTheDamageIsHandedOut(suffix: String) throws {
    let content = content(400_000, seed: 21)
    var file = try written(content, suffix: suffix)
    let place = file.count * 3 / 4
    for offset in 0..<64 { file[place + offset] ^= 0xA5 }
    let (bytes, failure) = try readUntilFailure(file)
    #expect(failure?.kind == .damaged || failure?.kind == .cutShort)
    #expect(bytes.count > 128 * 1024, "only \(bytes.count) bytes")
    #expect(content.starts(with: bytes.prefix(128 * 1024)))
  }

  @Test(arguments: suffixes) func muchOutputOfLittleInputIsReadToItsEnd(suffix: String) throws {
    // The whole file is in the decoder before a tenth of its content has come out.
    let content = [UInt8](repeating: 0x78, count: 5_000_000)
    let file = try written(content, suffix: suffix)
    #expect(file.count < 64 * 1024)
    for bufferByteCount in [1000, 65_537, blockByteCount] { #expect(try readAll(file, bufferByteCount: bufferByteCount) == content) }
  }

  @Test(arguments: suffixes, [1, 2, 7, 100, 1000, 65_536]) func smallBuffersGiveAll(suffix: String, bufferByteCount: Int) throws {
    let content = content(bufferByteCount < 10 ? 20_000 : 300_000, seed: 3)
    #expect(try readAll(try written(content, suffix: suffix), bufferByteCount: bufferByteCount) == content)
  }

  @Test(arguments: suffixes) func systemToolsFilesAreRead(suffix: String) throws {
    guard let checker = checker(suffix) else { return }
    let content = content(1_000_000, seed: 4)
    let scratch = try Scratch()
    let path = try scratch.write("plain", content)
    for level in ["-1", "-6", "-9"] {
      let file = try Tools.run(executable: checker, [level, "-c", "-q", path]).output
      #expect(try readAll(file) == content, "\(level)")
      #expect(try readAll(file, bufferByteCount: 1000) == content, "\(level)")
    }
  }

  @Test(arguments: suffixes) func severalMembersAreOneStream(suffix: String) throws {
    let parts = [content(50_000, seed: 1), [], content(300_000, seed: 2), [0x41]]
    let file = try parts.flatMap { try written($0, suffix: suffix) }
    for bufferByteCount in [1000, blockByteCount] { #expect(try readAll(file, bufferByteCount: bufferByteCount) == parts.flatMap { $0 }) }
  }

  @Test(arguments: suffixes) func anEmptyMemberIsEmpty(suffix: String) throws {
    let empty = try written([], suffix: suffix)
    #expect(!empty.isEmpty)
    #expect(try readAll(empty).isEmpty)
    #expect(try readAll(empty + empty).isEmpty)
  }

  @Test(arguments: suffixes) func aCutFileSaysSo(suffix: String) throws {
    let content = content(400_000, seed: 5)
    let file = try written(content, suffix: suffix)
    let cuts = Array(stride(from: 4, to: file.count, by: 1000)) + Array((file.count - 12)..<file.count)
    for cut in cuts {
      let error = try #require(throws: StreamError.self, "cut at \(cut) of \(file.count)") { try readAll(Array(file[..<cut])) }
      #expect(error.kind == .cutShort, "cut at \(cut) of \(file.count)")
      #expect(error.offset == Int64(cut))
    }
    // The cut is found in the second member as well.
    let error = try #require(throws: StreamError.self) { try readAll(file + file[..<(file.count / 2)]) }
    #expect(error.kind == .cutShort)
  }

  @Test(arguments: suffixes) func whatStandsBeforeACutIsReadFirst(suffix: String) throws {
    let content = content(3_000_000, seed: 6)
    let file = try written(content, suffix: suffix)
    let scratch = try Scratch()
    let source = try openSource(path: try scratch.write("file", Array(file[..<(file.count / 2)])))
    var buffer = [UInt8](repeating: 0, count: blockByteCount)
    var got: [UInt8] = []
    #expect(throws: StreamError.self) {
      while true { got += buffer[..<(try source.read(into: &buffer, from: 0))] }
    }
    #expect(got.count > content.count / 4)
    #expect(content.starts(with: got))
  }

  @Test(arguments: suffixes) func aFlippedBitIsNeverReadAsGood(suffix: String) throws {
    let content = content(20_000, seed: 7)
    let file = try written(content, suffix: suffix)
    var random = SeededRandom(seed: 8)
    // The first ten bytes of gzip tell time and system, which nothing protects.
    for place in stride(from: 10, to: file.count, by: 37) {
      var bytes = file
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      let error = try #require(throws: StreamError.self, "byte \(place) of \(file.count)") { try readAll(bytes) }
      #expect(error.kind == .damaged || error.kind == .cutShort, "byte \(place) of \(file.count)")
    }
    for place in (file.count - 4)..<file.count {
      var bytes = file
      bytes[place] ^= 0x10
      let error = try #require(throws: StreamError.self) { try readAll(bytes) }
      #expect(error.kind == .damaged, "byte \(place) of \(file.count)")
    }
  }

  @Test(arguments: suffixes) func rubbishAfterTheLastMemberIsDamage(suffix: String) throws {
    let error = try #require(throws: StreamError.self) { try readAll(try written([0x41], suffix: suffix) + Array("rubbish rubbish!".utf8)) }
    #expect(error.kind == .damaged)
  }
}
