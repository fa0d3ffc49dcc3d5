import Capture
import TestSupport
import Testing

@Suite struct CompressedCaptureTests {
  private static let bytes = pcap(SmallCaptures.packets)
  /// RFC 8878 §3.1.2: eight bytes that are to be passed over.
  private static let skippable: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 8, 0, 0, 0] + [UInt8](repeating: 0xEE, count: 8)

  @Test(arguments: Wrapped.available) func severalMembersOrFramesAreOneCapture(_ wrapped: Wrapped) throws {
    for cut in [1, 4, 23, 24, 100] {
      let parts = try wrapped.wrap(Array(Self.bytes[..<cut])) + wrapped.wrap(Array(Self.bytes[cut...]))
      let capture = try ReadCapture(file: parts)
      #expect(capture.packets == SmallCaptures.expected, "cut at \(cut): \(String(describing: capture.damage))")
      #expect(capture.damage == nil)
    }
  }

  @Test func skippableFramesArePassedOver() throws {
    let first = try Wrapped.zstandard.wrap(Array(Self.bytes[..<50])), second = try Wrapped.zstandard.wrap(Array(Self.bytes[50...]))
    let capture = try ReadCapture(file: Self.skippable + first + Self.skippable + second + Self.skippable)
    #expect(capture.packets == SmallCaptures.expected)
    #expect(capture.damage == nil)
  }

  @Test(arguments: Wrapped.available) func anEmptyMemberOrFrameIsAnEmptyCapture(_ wrapped: Wrapped) throws {
    #expect(try ReadCapture(file: wrapped.wrap([])).damage?.reason == "found an empty file, expected a capture")
  }

  @Test(arguments: Wrapped.available) func everyLengthAroundTheBlockSizeIsReadToItsLastByte(_ wrapped: Wrapped) throws {
    // Well compressible content leaves much inside the decompressor when the block is full and the input has ended.
    for payload in stride(from: 262_144 - 340, through: 262_144 + 300, by: 1) where payload % 16 == 4 || abs(payload - 262_104) < 24 {
      let packet = CapturedPacket(at: SmallCaptures.start, [UInt8](repeating: 0, count: payload))
      let capture = try ReadCapture(file: wrapped.wrap(pcap([packet], snapLength: 1_000_000)))
      #expect(capture.damage == nil, "payload of \(payload)")
      #expect(capture.packets.first?.frame.count == payload)
    }
  }

  @Test func anyCompressedSizeAndContentIsReadWhole() throws {
    var random = SeededRandom(seed: 5)
    for round in 0..<12 {
      let packets = (0..<Int.random(in: 1...40, using: &random)).map { number in
        let count = Int.random(in: 0...30_000, using: &random), isNoise = Bool.random(using: &random)
        return CapturedPacket(
          at: Int64(number), (0..<count).map { isNoise ? UInt8.random(in: 0...255, using: &random) : UInt8(truncatingIfNeeded: $0 / 300) })
      }
      let bytes = pcap(packets)
      for wrapped in Wrapped.available {
        #expect(try ReadCapture(file: wrapped.wrap(bytes)) == ReadCapture(bytes), "seed 5, round \(round)")
      }
    }
  }

  /// Found by fuzzing: the decoder gives back more than the block held.
  @Test func aDecoderThatGivesBackBytesOfAnEarlierBlockHasFoundDamage() throws {
    let bytes: [UInt8] = [
      0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0xA1, 0x92, 0xCD, 0x34, 0x95, 0xD1, 0xBF, 0x6A, 0xC2, 0x50, 0x1C, 0xC5, 0xF1, 0xEF, 0xEF, 0x26,
      0x6D, 0xD3, 0x6C, 0x1D, 0x4A, 0xA7, 0x0E, 0x9D, 0x4A, 0x29, 0xE2, 0xAA, 0xA0, 0x70, 0x97, 0x10, 0x17, 0x21, 0x20, 0xBE, 0x81, 0x0E,
      0x3E, 0x86, 0xE0, 0x90, 0xD7, 0xF0, 0x09, 0x04, 0xB7, 0xCC, 0xCE, 0xCE, 0xCE, 0x3E, 0x84, 0x73, 0xE4, 0x5C, 0x12, 0x74, 0xBD, 0x17,
      0xCE, 0xFD, 0x4B, 0x3E, 0x1C, 0xC8, 0x7C, 0x72, 0xDC, 0x3B, 0xCF, 0xCF, 0xCF, 0xCF, 0xCF, 0xCF, 0xCF, 0xCF, 0x01, 0x08, 0x8B, 0x1F,
      0xCF, 0xCF, 0xCF, 0xCF, 0xCF, 0xCF, 0xCF, 0xCF, 0x18, 0xF0, 0x13, 0x81, 0x9A, 0xD0, 0xDD, 0xE5, 0x6B, 0x0A,
    ]
    #expect(try ReadCapture(file: bytes).damage?.inCompressed == true)
  }
}
