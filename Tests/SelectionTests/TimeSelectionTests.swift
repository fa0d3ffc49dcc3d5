import Interchange
import Selection
import Testing

@Suite struct TimeSelectionTests {
  @Test func theBeginningIsInAndTheEndIsNot() throws {
    let span = try #require(TimeSelection(since: Timestamp(nanoseconds: 10), until: Timestamp(nanoseconds: 20)))
    #expect([9, 10, 19, 20].map { span.contains(nanoseconds: $0) } == [false, true, true, false])
  }

  @Test func aSideThatIsNotToldHasNoBound() throws {
    let all = try #require(TimeSelection())
    #expect(all.contains(nanoseconds: .min) && all.contains(nanoseconds: .max))
    let late = try #require(TimeSelection(since: Timestamp(nanoseconds: 0)))
    #expect(!late.contains(nanoseconds: -1) && late.contains(nanoseconds: .max))
    let early = try #require(TimeSelection(until: Timestamp(nanoseconds: 0)))
    #expect(early.contains(nanoseconds: .min) && !early.contains(nanoseconds: 0))
  }

  @Test func aSpanWithoutAMomentIsNone() {
    #expect(TimeSelection(since: Timestamp(nanoseconds: 5), until: Timestamp(nanoseconds: 5)) == nil)
    #expect(TimeSelection(since: Timestamp(nanoseconds: 6), until: Timestamp(nanoseconds: 5)) == nil)
    #expect(TimeSelection(until: Timestamp(nanoseconds: .min)) == nil)
  }
}
