import ContentDigests
import Glibc
import Interchange

/// Walks a manifest's roads, with a record in the journal before and after every step.
///
/// The same walk serves a dry run (recording driver, recording runner, a journal in memory) and the real thing.
/// Everything happens on the main actor, one step at a time.
///
/// Unsafe: clock_gettime(2) writes into a structure of ours; bound: that structure.
@MainActor public final class Walk {
  let manifest: SealedManifest
  let drivers: [String: any SnapshotDriver]
  let runner: any CommandRunner
  private let journal: any Journal
  private let map: RoadMap
  private let interruption: Interruption
  private let now: () -> Timestamp
  private let say: (String) -> Void
  /// The lock on the manifest's folder, held as long as the walk.
  private let folder: ManifestFolder?
  private(set) var history: History
  /// Whether driver and runner only record: then a step that went well says nothing of the machine.
  private let isDryRun: Bool
  private var hasSaidFinishing = false
  /// Whether the upgrade was run by this very walk.
  var hasRunUpgrade = false

  /// A walk with its means; `say` hears one line per step.
  public init(
    manifest: SealedManifest, drivers: [any SnapshotDriver], runner: any CommandRunner, journal: any Journal,
    interruption: Interruption = .never, now: @escaping () -> Timestamp = Walk.wallClock, say: @escaping (String) -> Void = { _ in },
    holding folder: ManifestFolder? = nil, dryRun: Bool = false
  ) {
    self.manifest = manifest
    self.drivers = Dictionary(drivers.map { ($0.name, $0) }) { first, _ in first }
    self.runner = runner
    self.journal = journal
    self.interruption = interruption
    self.now = now
    self.say = say
    self.folder = folder
    isDryRun = dryRun
    map = RoadMap(manifest.manifest, freezing: Set(drivers.filter(\.freezes).map(\.name)))
    history = History(journal.records)
  }

  /// The time of day.
  public nonisolated static func wallClock() -> Timestamp {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// Begins the manifest with a command, unless it was carried out already.
  ///
  /// An attempt that was not started may be begun again; one that was cut off has to be resumed first.
  public func apply(command: [String]) async throws -> Report.State {
    if history.attempt > 0 {
      guard let closed = history.closed else { throw StateError.busy("\(manifest.id) was begun and not finished: resume it first") }
      guard closed == .notStarted else { return closed }
    }
    try record(JournalRecord(.opened, manifest.id, time: now(), facts: [.init("command", .array(command.map { .string($0) }))]))
    return try await go(.forward)
  }

  /// Finishes or undoes what was begun.
  ///
  /// Before the upgrade began, what was done is undone. An upgrade whose end is not known counts as failed, is never run again, and everything
  /// is put back. After an upgrade that succeeded the walk goes on with the probes. A road back is walked again from its beginning: its steps
  /// may be repeated.
  public func resume() async throws -> Report.State {
    guard history.attempt > 0 else { return .notStarted }
    if let closed = history.closed {
      guard closed == .restoreIncomplete else { return closed }
      return try await turn(to: .restore, because: "the restore was incomplete; it is tried again")
    }
    guard history.road == .forward else { return try await turn(to: history.road, because: "it was cut off; it is walked again") }
    let failed = map.steps(.forward).first { $0.failure == .turn(.restore) && history.outcome($0.id) == false }
    if let failed { return try await turn(to: .restore, because: "\(failed.id) failed") }
    switch (history.hasBegun("upgrade"), history.outcome("upgrade")) {
    case (true, true): return try await go(.forward)
    case (true, _): return try await turn(to: .restore, because: "the upgrade was cut off; it counts as failed")
    case (false, _): return try await turn(to: .undo, because: "it was cut off before the upgrade began")
    }
  }

  /// How many records the journal has.
  public var recordCount: Int { journal.records.count }

  /// Whether a driver or mechanism was missing in the last attempt.
  public var wasUnavailable: Bool { history.records.contains { $0.kind == .end && $0.fact("unavailable")?.bool == true } }

  /// Puts everything back after an upgrade that went well.
  public func rollBack() async throws -> Report.State {
    guard history.closed == .accepted else {
      throw StateError.notFound("\(manifest.id) is \(history.closed?.rawValue ?? "unfinished"), expected accepted; nothing was done")
    }
    return try await turn(to: .restore, because: "an operator asked for it", facts: [.init("rollback", .bool(true))])
  }

  private func turn(to road: Road, because reason: String, facts: [JSONValue.Member] = []) async throws -> Report.State {
    say("\(road.rawValue): \(reason)")
    try record(JournalRecord(.turn, road.rawValue, time: now(), detail: reason, facts: facts))
    return try await go(road)
  }

  private func go(_ road: Road) async throws -> Report.State {
    var problems: [String] = []
    for step in map.steps(road) {
      if road == .forward, history.outcome(step.id) == true { continue }
      guard interruption.count == 0 else { return .unfinished }
      let findings = try await perform(step)
      guard !findings.succeeded else { continue }
      switch step.failure {
      case .turn(let other): return try await turn(to: other, because: "\(step.id): \(findings.detail)")
      case .incomplete: problems.append("\(step.id): \(findings.detail)")
      case .noted: break
      }
    }
    return try close(road, problems)
  }

  private func close(_ road: Road, _ problems: [String]) throws -> Report.State {
    let state: Report.State =
      switch road {
      case .forward: .accepted
      case .undo: .notStarted
      case .restore: !problems.isEmpty ? .restoreIncomplete : history.isRollback ? .rolledBack : .restored
      }
    try record(JournalRecord(.closed, state.rawValue, time: now(), detail: problems.joined(separator: "; ")))
    return state
  }

  private func perform(_ step: Step) async throws -> Findings {
    try record(JournalRecord(.begin, step.id, time: now()))
    let listener = Task { await sayFinishing() }
    defer { listener.cancel() }
    var findings = await carryOut(step.action, interruption: interruption)
    if isDryRun, findings.succeeded, !step.action.runsCommand { findings = .done("not looked at (dry run)") }
    say("\(step.id): \(findings.succeeded ? "" : "failed: ")\(findings.detail)")
    try record(JournalRecord(.end, step.id, time: now(), succeeded: findings.succeeded, detail: findings.detail, facts: findings.facts))
    return findings
  }

  /// Answers the first request to stop, while the step in hand goes on.
  private func sayFinishing() async {
    await interruption.wait(until: 1)
    guard interruption.count > 0, !Task.isCancelled, !hasSaidFinishing else { return }
    hasSaidFinishing = true
    say("finishing this step; once more ends the running command")
  }

  /// The hexadecimal digits of the manifest's id.
  public var digits: String { manifest.digits }

  private func record(_ record: JournalRecord) throws {
    try journal.append(record)
    history.take(record)
  }
}
