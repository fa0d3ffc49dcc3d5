import ByteStreams
import TestSupport
import Testing

/// What only Zstandard has.
@Suite struct ZstandardTests {
  /// A frame of one raw block holding `x`, with a window descriptor (RFC 8878 §3.1.1.1.2): 1 KiB · 2^exponent · (1 + mantissa / 8).
  private func frame(exponent: UInt8, mantissa: UInt8 = 0) -> [UInt8] {
    [0x28, 0xB5, 0x2F, 0xFD, 0x00, exponent << 3 | mantissa, 0x09, 0x00, 0x00, 0x78]
  }

  @Test func windowsUpToAnEighthOfAGibibyteAreRead() throws {
    for exponent: UInt8 in [0, 10, 16] { #expect(try readAll(frame(exponent: exponent)) == [0x78]) }
    #expect(try readAll(frame(exponent: 17)) == [0x78])
  }

  @Test(arguments: [(17, 1), (18, 0), (21, 0), (31, 7)] as [(UInt8, UInt8)]) func largerWindowsAreRefused(exponent: UInt8, mantissa: UInt8)
    throws
  {
    let error = try #require(throws: StreamError.self) { try readAll(frame(exponent: exponent, mantissa: mantissa)) }
    #expect(error.kind == .damaged)
    #expect(error.detail.contains("memory"), "\(error)")
  }

  @Test func skippableFramesAreSkipped() throws {
    let skippable: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 0x61, 0x62, 0x63]
    let one = frame(exponent: 0)
    #expect(try readAll(skippable + one + skippable + skippable + one) == [0x78, 0x78])
    #expect(try readAll(skippable).isEmpty)
    let error = try #require(throws: StreamError.self) { try readAll(skippable.dropLast()) }
    #expect(error.kind == .cutShort)
  }

  @Test(arguments: 0...15) func everyKindOfSkippableFrameIsRecognised(kind: UInt8) throws {
    #expect(try readAll([0x50 | kind, 0x2A, 0x4D, 0x18, 0, 0, 0, 0] + frame(exponent: 0)) == [0x78])
  }

  @Test func framesWithoutCheckSumAreReadWithAnyBuffer() throws {
    guard
      let zstd = ["/usr/bin/zstd", "/usr/local/bin/zstd"].first(where: { (try? Tools.run(executable: $0, ["-q", "-V"]))?.status == 0 })
    else { return }
    let content = content(200_000, seed: 11)
    let scratch = try Scratch()
    let file = try Tools.run(executable: zstd, ["-q", "-c", "--no-check", try scratch.write("plain", content)]).output
    for bufferByteCount in [100, 4096, blockByteCount] { #expect(try readAll(file, bufferByteCount: bufferByteCount) == content) }
  }
}
