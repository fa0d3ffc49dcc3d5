import ArgumentParser
import Interchange
import Testing
import ToolSupport

@Suite struct OptionTests {
  @Test(
    arguments: [
      ("2026-11-21T03:46:42Z", "2026-11-21T03:46:42Z"), ("2026-11-21T04:46:42.123456789+01:00", "2026-11-21T03:46:42.123456789Z"),
      ("2026-11-20T22:16:42-05:30", "2026-11-21T03:46:42Z"), ("2026-11-21", "2026-11-21T00:00:00Z"), ("@0", "1970-01-01T00:00:00Z"),
      ("@1795232802.25", "2026-11-21T03:46:42.25Z"), ("@-1.5", "1969-12-31T23:59:58.5Z"),
      ("@0.000000001", "1970-01-01T00:00:00.000000001Z"),
    ])
  func aMomentIsReadInEachOfItsForms(text: String, expected: String) { #expect(TimeOption(argument: text)?.description == expected) }

  @Test(arguments: [
    "", "@", "@-", "@1.", "@.5", "@1.0000000001", "@1e9", "@+1", "@9999999999999999999", "@9223372037", "yesterday", "2026-11-21T03:46:42",
    "2026-11-21T03:46",
    "2026-02-30", "2026-11-21Z", "20261121", "2026-11-21T03:46:42+0100", "3000-01-01",
  ])
  func whatIsNoMomentIsRefused(text: String) { #expect(TimeOption(argument: text) == nil) }

  @Test(
    arguments: [
      ("a.pcap=+0.25s", "a.pcap", 250_000_000), ("a=b.pcap=-2m", "a=b.pcap", -120_000_000_000), ("-=+1ns", "-", 1), ("x==+0s", "x=", 0),
    ] as [(String, String, Int64)])
  func aClockOffsetNamesItsInputAndItsWay(text: String, name: String, nanoseconds: Int64) {
    let offset = ClockOffsetOption(argument: text)
    #expect(offset?.name == name)
    #expect(offset?.nanoseconds == nanoseconds)
  }

  @Test(arguments: ["", "a", "a=", "=+1s", "a=1s", "a=+1", "a=+-1s", "a=+1s ", "a=+999999d"])
  func aClockOffsetWithoutNameSignOrUnitIsRefused(text: String) { #expect(ClockOffsetOption(argument: text) == nil) }

  @Test(
    arguments: [
      ("0", 0), ("1000", 1000), ("7B", 7), ("1K", 1024), ("256M", 268_435_456), ("256m", 268_435_456), ("3MiB", 3_145_728),
      ("2G", 2_147_483_648), ("2GiB", 2_147_483_648),
    ] as [(String, UInt64)])
  func unitsOfMemoryCountBy1024(text: String, byteCount: UInt64) { #expect(ByteSizeOption(argument: text)?.byteCount == byteCount) }

  @Test(arguments: ["", "M", "1KB", "1MB", "1.5G", "-1", "+1", "1 M", "1T", "9999999999G", "18446744073709551615", "٣M"])
  func otherAmountsOfMemoryAreRefused(text: String) { #expect(ByteSizeOption(argument: text) == nil) }

  @Test(arguments: [0, 1, 1023, 1024, 1025, 1 << 20, 3 << 20, 1 << 30, 5 << 30, UInt64(Int64.max)] as [UInt64])
  func anAmountIsReadAsItIsWritten(byteCount: UInt64) {
    #expect(ByteSizeOption(argument: ByteSizeOption(byteCount: byteCount).description)?.byteCount == byteCount)
  }

  @Test func anAmountOutsideItsBoundsSaysWhichAreTrue() throws {
    let bounds: ClosedRange<UInt64> = 16 << 20...1 << 40
    try ByteSizeOption(byteCount: 16 << 20).require(in: bounds, option: "--memory")
    let error = #expect(throws: ValidationError.self) { try ByteSizeOption(byteCount: 1 << 20).require(in: bounds, option: "--memory") }
    #expect(error?.message == "--memory 1M is too little: it takes 16M to 1024G.")
  }
}
