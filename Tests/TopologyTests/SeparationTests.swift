import Interchange
import SyntheticTraffic
import Testing
import Topology

@Suite struct SeparationTests {
  private typealias Lab = ThreeTierLab

  @Test(arguments: [300, 60, 10, 3600] as [UInt64], [0, 77, 151] as [Int64])
  func everyTrueDependencyAndNoneOfTheNoiseIsStrong(windowSeconds: UInt64, offsetSeconds: Int64) throws {
    let start = Timestamp(nanoseconds: Graphs.start.nanoseconds + offsetSeconds * 1_000_000_000)
    let graph = try Graphs.topology(Lab.everything(), windowSeconds: windowSeconds, start: start)
    #expect(graph.strong.subtracting(Lab.truth) == [])
    #expect(Lab.truth.subtracting(graph.strong) == [])
  }

  @Test func theNoiseIsKeptAndMarkedWeak() throws {
    let graph = try Graphs.topology(Lab.everything())
    for (source, target) in [
      (Lab.scanner, "\(Lab.db):tcp:1"), (Lab.scanner, "\(Lab.db):tcp:5432"), (Lab.poller, "\(Lab.web):tcp:80"),
      (Lab.admin, "\(Lab.db):tcp:22"),
      (Lab.web, "\(Lab.dns):udp:53"), (Lab.admin, "\(Lab.db):icmp"), (Lab.app1, "10.77.0.99:tcp:9999"),
    ] { #expect(try graph.edge(source, target).weak) }
  }

  @Test func withoutNoiseTheScoresStayAboveTheThresholdToo() throws {
    for windowSeconds in [300, 60, 10] as [UInt64] {
      #expect(try Graphs.topology(Lab.application(), windowSeconds: windowSeconds).strong == Lab.truth)
    }
  }

  @Test(arguments: [60.0, 900, 3600]) func theSameBehaviourCountsTheSameHoweverLongItIsWatched(seconds: Double) throws {
    let noise = Lab.polling(seconds: seconds) + Lab.chatter(seconds: seconds) + Lab.login(at: seconds / 3)
    let graph = try Graphs.topology(Lab.application(seconds: seconds) + noise)
    #expect(graph.strong == Lab.truth)
  }

  @Test func aPollerIsToldByItsBreadthAndNotByItsRhythm() throws {
    let graph = try Graphs.topology(Lab.application() + Lab.polling())
    let polled = try graph.edge(Lab.poller, "\(Lab.db):tcp:5432")
    #expect(polled.frequency.value > 0.9)
    #expect(polled.nature.value < 0.2)
    #expect(polled.nature.reason.contains("touches 7 of 7 serving nodes on 6 different ports"), "\(polled.nature.reason)")
    // The same rhythm towards one service is an ordinary use of it.
    let single = Lab.polling().filter { $0.server.description == Lab.db }
    #expect(try !Graphs.topology(Lab.application() + single).edge(Lab.poller, "\(Lab.db):tcp:5432").weak)
  }

  @Test func aHeldConnectionAndALoginDifferInDurationAndNature() throws {
    let graph = try Graphs.topology(Lab.application() + Lab.login())
    let pooled = try graph.edge(Lab.app1, "\(Lab.db):tcp:5432")
    let login = try graph.edge(Lab.admin, "\(Lab.db):tcp:22")
    #expect(pooled.duration.value == 1 && pooled.nature.value == 1)
    #expect(login.duration.value < 0.9 && login.nature.value == 0.3 && login.score < 0.2)
  }

  @Test func whatNobodyAnsweredIsWeakHoweverMuchItIs() throws {
    let shouting = (0..<300).map {
      Conversation("10.0.0.1", "10.0.0.2", 5432, app: "postgresql", .database, at: [Double($0)], bytes: (1_000_000, 0))
    }
    let edge = try Graphs.topology(shouting).edge("10.0.0.1", "10.0.0.2:tcp:5432")
    #expect(edge.weak && !edge.answered && edge.score <= 0.25)
  }

  @Test func aSingleTransferIsWeakHoweverLargeItIs() throws {
    let graph = try Graphs.topology(
      Lab.application() + [Conversation(Lab.app1, "10.77.0.50", 443, app: "https", .web, at: [50, 51, 52], bytes: (100_000, 900_000_000))])
    #expect(try graph.edge(Lab.app1, "10.77.0.50:tcp:443").weak)
  }

  @Test func oneProbeInAnotherProtocolRenamesNoService() throws {
    let probe = Conversation(Lab.scanner, Lab.db, 5432, app: "http", .web, at: [3], bytes: (100, 0))
    let graph = try Graphs.topology(Lab.application() + [probe])
    #expect(graph.nodes.first { $0.id == "\(Lab.db):tcp:5432" }?.service?.nature == .database)
  }

  @Test func groupAddressesAreNoNodesAndAreAccountedFor() throws {
    let graph = try Graphs.topology(Lab.application() + Lab.chatter())
    #expect(!graph.nodes.contains { $0.id.hasPrefix("224.") || $0.id.hasPrefix("255.") })
    #expect(graph.metadata.coverage.contains { $0.kind == "group_traffic" && $0.detail.contains("2 records") })
  }
}
