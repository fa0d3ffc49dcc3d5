import Interchange
import Testing

@Suite struct TimestampTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2026-11-21T03:46:42.5Z", 1_795_232_802_500_000_000), ("1969-12-31T23:59:59.999999999Z", -1),
      ("2000-02-29T12:00:00Z", 951_825_600_000_000_000),
    ] as [(String, Int64)])
  func textAndNanosecondsAgree(text: String, nanoseconds: Int64) {
    #expect(Timestamp(rfc3339: text)?.nanoseconds == nanoseconds)
    #expect(Timestamp(nanoseconds: nanoseconds).rfc3339 == text)
  }

  @Test(arguments: [
    "", "2026-11-21", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T00:00:00",
    "2026-11-21T00:00:00.Z",
  ])
  func otherTextIsRefused(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

  @Test func offsetsAreTakenOff() { #expect(Timestamp(rfc3339: "2026-11-21T04:46:42+01:00") == Timestamp(rfc3339: "2026-11-21T03:46:42Z")) }
}
