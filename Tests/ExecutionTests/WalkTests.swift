import ContentDigests
import Interchange
import Synchronization
import Testing

@testable import Execution

/// A world in memory: volumes whose state is a number, an upgrade that changes it, and a health check that looks at it.
@MainActor final class SmallMachine {
  struct Crash: Error {}

  let manifest: SealedManifest
  let driver: RecordingDriver
  let runner: RecordingRunner
  var journal: MemoryJournal
  /// States of the volumes that count as well.
  static let before = 0
  static let after = 1

  init(_ manifest: SealedManifest = SmallManifest.make(), upgradeFails: Bool = false, refusing refused: String? = nil) {
    self.manifest = manifest
    let driver = RecordingDriver(name: "memory", freezes: true) { order in
      order == refused ? DriverError(.failed, "refused by the test") : nil
    }
    self.driver = driver
    let box = DriverBox(driver)
    let volumes = manifest.manifest.snapshots.map(\.volume)
    runner = RecordingRunner { command in
      guard command.argv.first == "/upgrade" else { return CommandResult(.exited(0)) }
      for volume in volumes { box.driver.write(to: volume) }
      return CommandResult(.exited(upgradeFails ? 1 : 0))
    }
    journal = MemoryJournal()
  }

  /// The recording driver is asked on the main actor only, as the walk is.
  final class DriverBox: @unchecked Sendable {
    let driver: RecordingDriver
    init(_ driver: RecordingDriver) { self.driver = driver }
  }

  func walk() -> Walk { Walk(manifest: manifest, drivers: [driver], runner: runner, journal: journal) }

  /// Lets the process die before or after the record of that number is written.
  func crash(atRecord number: Int) {
    journal = MemoryJournal(journal.records) { [self] (_) throws(SystemFailure) in
      if journal.records.count == number { throw SystemFailure("journal", 5, "the test's crash") }
    }
  }

  func recover() { journal = MemoryJournal(journal.records) }

  var states: [Int] { manifest.manifest.snapshots.map { driver.states[$0.volume] ?? 0 } }
}

@MainActor @Suite struct WalkTests {
  @Test func anUpgradeThatSucceedsIsAccepted() async throws {
    let machine = SmallMachine()
    #expect(try await machine.walk().apply(command: ["/upgrade"]) == .accepted)
    #expect(machine.states == [1, 1])
    #expect(
      machine.driver.orders.filter { !$0.hasPrefix("check") && !$0.hasPrefix("estimate") && !$0.hasPrefix("verify") }.map {
        $0.split(separator: " ").prefix(2).joined(separator: " ")
      } == ["freeze /v1", "freeze /v2", "create /v1", "create /v2", "thaw /v2", "thaw /v1"])
    let report = machine.walk().report(dryRun: false)
    #expect(report.snapshots.map(\.id) == ["1", "2"])
    #expect(report.hold == [.init(endpoint: "n1:tcp:5432", outcome: "not carried out: no surrogate")])
    #expect(report.groups.map(\.group) == ["g"])
    #expect(try Report(json: report.json) == report)
    let count = machine.journal.records.count
    #expect(try await machine.walk().apply(command: ["/upgrade"]) == .accepted)
    #expect(machine.journal.records.count == count, "a finished manifest does nothing")
  }

  @Test func anUpgradeThatFailsIsPutBackInOrder() async throws {
    let machine = SmallMachine(upgradeFails: true)
    #expect(try await machine.walk().apply(command: ["/upgrade"]) == .restored)
    #expect(machine.states == [0, 0])
    let restored = machine.driver.orders.filter { $0.hasPrefix("restore") }.map { $0.split(separator: " ")[1] }
    #expect(restored == ["/v2", "/v1"])
    let commands = machine.runner.commands.map { $0.argv.joined(separator: " ") }
    #expect(commands == ["/health 1", "/health 2", "/upgrade", "/stop", "/stop", "/start", "/start", "/health 1", "/health 2"])
    #expect(machine.walk().report(dryRun: false).kept.count == 2)
  }

  /// Every order that a driver can be given, failing once: nothing is left half done.
  @Test func aFailureOfAnyOrderLeavesAWholeState() async throws {
    let tried = SmallMachine(upgradeFails: true)
    _ = try await tried.walk().apply(command: ["/upgrade"])
    for order in Set(tried.driver.orders).sorted() {
      for upgradeFails in [false, true] {
        let machine = SmallMachine(upgradeFails: upgradeFails, refusing: order)
        let state = try await machine.walk().apply(command: ["/upgrade"])
        switch state {
        case .accepted: #expect(machine.states == [1, 1] && !upgradeFails, "\(order)")
        case .notStarted:
          #expect(machine.states == [0, 0], "\(order)")
          #expect(!machine.runner.commands.contains { $0.argv == ["/upgrade"] }, "\(order)")
          for volume in ["/v1", "/v2"] { #expect(try machine.driver.list(volume).isEmpty, "\(order)") }
        case .restoreIncomplete: #expect(order.hasPrefix("restore") && upgradeFails, "\(order)")
        case .restored: #expect(machine.states == [0, 0] && upgradeFails, "\(order)")
        case .rolledBack, .unfinished: Issue.record("\(order): \(state)")
        }
        if order.hasPrefix("create") { #expect(state == .notStarted, "\(order)") }
        if order.hasPrefix("restore"), upgradeFails { #expect(state == .restoreIncomplete, "\(order)") }
      }
    }
  }

  /// A crash before any record of the journal, then resume, also with a second crash in the resume.
  @Test(arguments: [false, true]) func aCrashAnywhereIsFinishedOrUndone(upgradeFails: Bool) async throws {
    let whole = SmallMachine(upgradeFails: upgradeFails)
    _ = try await whole.walk().apply(command: ["/upgrade"])
    for first in 0..<whole.journal.records.count {
      for second in [Int?.none, first + 2, first + 4, first + 7] {
        let machine = SmallMachine(upgradeFails: upgradeFails)
        machine.crash(atRecord: first)
        await #expect(throws: SystemFailure.self) { try await machine.walk().apply(command: ["/upgrade"]) }
        if let second {
          machine.recover()
          machine.crash(atRecord: second)
          _ = try? await machine.walk().resume()
        }
        machine.recover()
        let state = try await machine.walk().resume()
        let place = "crash at \(first), then \(String(describing: second)): \(state)"
        switch state {
        case .accepted: #expect(machine.states == [1, 1] && !upgradeFails, "\(place)")
        case .restored, .notStarted: #expect(machine.states == [0, 0], "\(place)")
        default: Issue.record("\(place)")
        }
        if state == .notStarted { #expect(try machine.driver.list("/v1").isEmpty && machine.driver.list("/v2").isEmpty, "\(place)") }
        let count = machine.journal.records.count
        #expect(try await machine.walk().resume() == state, "\(place)")
        #expect(machine.journal.records.count == count, "\(place): resumed twice")
        #expect(machine.runner.commands.filter { $0.argv == ["/upgrade"] }.count <= 1, "\(place): never run again")
      }
    }
  }

  @Test func anOperatorMayRollBackWhatWasAcceptedAndNothingElse() async throws {
    let machine = SmallMachine()
    #expect(try await machine.walk().apply(command: ["/upgrade"]) == .accepted)
    #expect(try await machine.walk().rollBack() == .rolledBack)
    #expect(machine.states == [0, 0])
    await #expect(throws: StateError.self) { try await machine.walk().rollBack() }
    #expect(try await machine.walk().apply(command: ["/upgrade"]) == .rolledBack)
  }

  @Test func whatWasNotStartedMayBeTriedAgain() async throws {
    let machine = SmallMachine(refusing: "create /v2 \(SmallManifest.make().digits.prefix(16))-2")
    #expect(try await machine.walk().apply(command: ["/upgrade"]) == .notStarted)
    let again = SmallMachine()
    again.journal = machine.journal
    #expect(try await again.walk().apply(command: ["/upgrade"]) == .accepted)
    #expect(again.walk().report(dryRun: false).attempt == 2)
  }

  @Test func aMissingDriverIsUnavailable() async throws {
    let machine = SmallMachine(SmallManifest.make(driver: "zfs"))
    let walk = machine.walk()
    #expect(try await walk.apply(command: ["/upgrade"]) == .notStarted)
    #expect(walk.wasUnavailable)
  }
}
