import Concurrency
import Testing

@Suite struct HandOverTests {
  @Test func valuesArriveInOrderAndNoneIsLost() throws {
    let channel = HandOver<Int>(countMax: 3)
    let giver = try WorkerThread {
      for number in 0..<10_000 { channel.give(number) }
      channel.finish()
    }
    var taken: [Int] = []
    while let number = channel.take() { taken.append(number) }
    giver.join()
    #expect(taken == Array(0..<10_000))
    #expect(channel.take() == nil)
  }

  @Test func whoGivesToOneThatRefusesIsToldAndDoesNotWait() throws {
    let channel = HandOver<Int>(countMax: 1)
    #expect(channel.give(1))
    let refuser = try WorkerThread { channel.refuse() }
    // Full: this one waits until the other side refuses.
    #expect(!channel.give(2))
    refuser.join()
    #expect(channel.takeIfAny() == 1)
    #expect(channel.takeIfAny() == nil)
  }
}
