import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct ByteWriterTests {
  private func text(_ write: (inout ByteWriter) -> Void) -> String {
    var writer = ByteWriter()
    write(&writer)
    return writer.takeString()
  }

  /// Numbers of every length, and those around powers of two and ten.
  private func numbers(seed: UInt64) -> [UInt64] {
    var random = SeededRandom(seed: seed)
    var result: [UInt64] = [0, .max]
    var power: UInt64 = 1
    while power < .max / 10 {
      result += [power - 1, power, power + 1]
      power *= 10
    }
    for shift in 0..<64 { result += [(1 << UInt64(shift)) &- 1, 1 << UInt64(shift), random.next() >> UInt64(shift)] }
    return result
  }

  @Test(arguments: 1...5) func integersAreAsSwiftWritesThem(seed: UInt64) {
    for value in numbers(seed: seed) {
      #expect(text { $0.integer(value) } == String(value))
      let signed = Int64(bitPattern: value)
      #expect(text { $0.integer(signed) } == String(signed))
    }
    #expect(text { $0.integer(Int64.min) } == "-9223372036854775808")
  }

  @Test(arguments: 1...5) func secondsAreExactAndShort(seed: UInt64) throws {
    for value in numbers(seed: seed) {
      let written = text { $0.seconds(nanoseconds: value) }
      let decimal = try #require(Decimal(string: written, locale: Locale(identifier: "en_US_POSIX")))
      #expect(decimal * 1_000_000_000 == Decimal(value), "\(written)")
      #expect(!written.contains(".") || !written.hasSuffix("0") && !written.hasSuffix("."), "\(written)")
      var cursor = JSONCursor(Array(written.utf8))
      #expect(try cursor.secondsAsNanoseconds() == value)
    }
  }

  @Test(arguments: 1...20) func timesAreAsFoundationWritesThem(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let formatter = ISO8601DateFormatter()
    // One writer for all: it keeps the text of the last minute.
    var writer = ByteWriter()
    for _ in 0..<50 {
      let seconds = Int64.random(in: -9_223_372_036...9_223_372_035, using: &random)
      let near = [seconds, seconds + 1, seconds + 59, seconds - 1].filter { abs($0) < 9_223_372_036 }
      for second in near {
        let time = Timestamp(nanoseconds: second * 1_000_000_000)
        writer.timestamp(time)
        let written = writer.takeString()
        #expect(written == formatter.string(from: Date(timeIntervalSince1970: Double(second))), "seed \(seed)")
        #expect(Timestamp(rfc3339: written) == time)
        let fraction = Int64.random(in: 1...999_999_999, using: &random)
        writer.timestamp(Timestamp(nanoseconds: time.nanoseconds + fraction))
        let precise = writer.takeString()
        #expect(precise.hasPrefix(written.dropLast() + "."))
        #expect(Timestamp(rfc3339: precise)?.nanoseconds == time.nanoseconds + fraction, "\(precise)")
      }
    }
  }

  @Test func stringsEscapeWhatRFC8259AsksFor() {
    #expect(text { $0.jsonString("a\"\\/\n\r\t\0\u{1F}\u{7F}é😀\u{202E}") } == "\"a\\\"\\\\/\\n\\r\\t\\u0000\\u001f\\u007fé😀\u{202E}\"")
  }

  @Test func theBufferGrowsOverEveryBoundary() {
    for length in [4095, 4096, 4097, 10_000, 100_000] {
      let long = String(repeating: "x", count: length)
      #expect(text { $0.raw(long) } == long)
      #expect(text { $0.raw(Array(long.utf8)) } == long)
      for tail in 0..<24 {
        let written = text { writer in
          writer.raw(String(repeating: "x", count: 4096 - tail))
          writer.timestamp(Timestamp(nanoseconds: 1))
          writer.address(IPAddress(v4: .max))
          writer.integer(UInt64.max)
          writer.seconds(nanoseconds: .max)
          writer.literal("end")
        }
        #expect(written.hasSuffix("x1970-01-01T00:00:00.000000001Z255.255.255.2551844674407370955161518446744073.709551615end"))
      }
    }
  }

  @Test func takingForgets() {
    var writer = ByteWriter()
    writer.literal("a")
    #expect(writer.takeBytes() == [0x61])
    writer.byte(0x62)
    #expect(writer.count == 1)
    #expect(writer.takeString() == "b")
    writer.literal("c")
    writer.removeAll()
    #expect(writer.takeString() == "")
  }
}
