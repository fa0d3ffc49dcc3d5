import ContentDigests
import Interchange

/// What came of a step.
struct Findings {
  var succeeded: Bool
  var detail: String
  var facts: [JSONValue.Member] = []

  static func done(_ detail: String, _ facts: [JSONValue.Member] = []) -> Findings {
    Findings(succeeded: true, detail: detail, facts: facts)
  }
  static func failed(_ detail: String, _ facts: [JSONValue.Member] = []) -> Findings {
    Findings(succeeded: false, detail: detail, facts: facts)
  }

  /// A command's end and the end of its output.
  init(_ result: CommandResult) {
    succeeded = result.succeeded
    detail = result.text
    facts = result.outputTail.isEmpty ? [] : [.init("output", .string(result.outputTail))]
  }

  init(succeeded: Bool, detail: String, facts: [JSONValue.Member]) {
    self.succeeded = succeeded
    self.detail = detail
    self.facts = facts
  }
}

extension Walk {
  /// Seconds between two tries of a health check.
  private static let probePauseSeconds = 1

  /// Does what a step says, and says what came of it; a failure is a finding, never an error.
  func carryOut(_ action: Step.Action, interruption: Interruption) async -> Findings {
    switch action {
    case .refuseUnprotected(let check): return .failed(check.detail)
    case .findCommands: return findCommands()
    case .checkVolume(let snapshot): return onDriver(of: snapshot) { (driver) throws(DriverError) in try checkVolume(snapshot, driver) }
    case .probeBefore(let health, _), .probe(let health): return await probe(health, interruption)
    case .freeze(let snapshot):
      return onDriver(of: snapshot) { (driver) throws(DriverError) in
        try driver.freeze(snapshot.volume)
        return .done("writes to \(snapshot.volume) are stopped")
      }
    case .thaw(let snapshot):
      return onDriver(of: snapshot) { (driver) throws(DriverError) in
        try driver.thaw(snapshot.volume)
        return .done("writes to \(snapshot.volume) go on")
      }
    case .snapshot(let snapshot): return onDriver(of: snapshot) { (driver) throws(DriverError) in try take(snapshot, driver) }
    case .deleteSnapshot(let snapshot): return onDriver(of: snapshot) { (driver) throws(DriverError) in try delete(snapshot, driver) }
    case .restore(let snapshot): return onDriver(of: snapshot) { (driver) throws(DriverError) in try putBack(snapshot, driver) }
    case .upgrade: return await upgrade(interruption)
    case .endLeftovers:
      return await endLeftovers()
    case .stop(let service):
      return Findings(await runner.run(Command(argv: service.stop, timeoutSeconds: service.timeoutSeconds), interruption: interruption))
    case .start(let service):
      let failed = manifest.manifest.snapshots.first { $0.node == service.node && history.outcome("restore/\($0.id)") == false }
      if let failed { return .failed("not started: \(failed.volume) could not be put back") }
      return Findings(await runner.run(Command(argv: service.start, timeoutSeconds: service.timeoutSeconds), interruption: interruption))
    }
  }

  /// The name of a snapshot on disk: the manifest's id, cut to 16 digits, and the snapshot's own.
  func name(_ snapshot: Manifest.Snapshot) -> SnapshotName {
    SnapshotName(volume: snapshot.volume, tag: "\(manifest.digits.prefix(16))-\(snapshot.id)")
  }

  /// What marks every process of the upgrade.
  private var upgradeVariables: [String: String] { ["HOLDFAST_MANIFEST": manifest.id, "HOLDFAST_STEP": "upgrade"] }

  private func onDriver(of snapshot: Manifest.Snapshot, _ body: (any SnapshotDriver) throws(DriverError) -> Findings) -> Findings {
    guard let driver = drivers[snapshot.driver] else {
      let known = drivers.keys.sorted().joined(separator: ", ")
      return .failed("no driver «\(snapshot.driver)»; there are: \(known)", [.init("unavailable", .bool(true))])
    }
    do { return try body(driver) } catch {
      return .failed(error.description, error.kind == .unavailable ? [.init("unavailable", .bool(true))] : [])
    }
  }

  private func findCommands() -> Findings {
    let plan = manifest.manifest
    let argvs = plan.health.map(\.argv) + plan.services.flatMap { [$0.stop, $0.start] }.filter { !$0.isEmpty } + [history.command]
    for argv in argvs {
      guard let path = argv.first, path.hasPrefix("/"), runner.isExecutable(path) else {
        return .failed("«\(argv.first ?? "")»: expected the absolute path of a program")
      }
    }
    return .done("every command of the plan can be run")
  }

  private func checkVolume(_ snapshot: Manifest.Snapshot, _ driver: any SnapshotDriver) throws(DriverError) -> Findings {
    try driver.check(snapshot.volume)
    let space = try driver.estimate(snapshot.volume)
    guard space.freeByteCount >= space.neededByteCount else {
      return .failed("\(snapshot.volume): \(space.freeByteCount) bytes are free, a snapshot needs \(space.neededByteCount)")
    }
    return .done("\(snapshot.volume) can be saved and put back", [.init("free_bytes", .integer(space.freeByteCount))])
  }

  private func take(_ snapshot: Manifest.Snapshot, _ driver: any SnapshotDriver) throws(DriverError) -> Findings {
    let name = name(snapshot)
    try driver.create(name)
    do { try driver.verify(name) } catch { return .failed(error.description, [.init("created", .bool(true))]) }
    return .done("saved as \(driver.place(of: name).path)")
  }

  private func delete(_ snapshot: Manifest.Snapshot, _ driver: any SnapshotDriver) throws(DriverError) -> Findings {
    // One that could not be taken is not ours: its name may belong to something else.
    let step = "snapshot/\(snapshot.id)"
    let wasCreated = history.outcome(step) != false || lastEnd(step)?.fact("created")?.bool == true
    guard history.hasBegun(step), wasCreated else {
      return .done("there is none")
    }
    let name = name(snapshot)
    try driver.delete(name)
    return .done("deleted \(driver.place(of: name).path)")
  }

  private func putBack(_ snapshot: Manifest.Snapshot, _ driver: any SnapshotDriver) throws(DriverError) -> Findings {
    let name = name(snapshot)
    try driver.verify(name)
    let kept = try driver.restore(name)
    return .done(
      "\(snapshot.volume) is as it was; what was there is kept as \(kept.path)",
      [.init("kept", .string(kept.path)), .init("deletion", .string(kept.deletion))])
  }

  private func upgrade(_ interruption: Interruption) async -> Findings {
    let command = Command(argv: history.command, timeoutSeconds: manifest.manifest.upgrade.timeoutSeconds, variables: upgradeVariables)
    hasRunUpgrade = true
    return Findings(await runner.run(command, interruption: interruption))
  }

  /// Only the process that ran the upgrade knows its descendants; another one has nothing but the environment to go by.
  private func endLeftovers() async -> Findings {
    let leftovers = await runner.endLeftovers(with: upgradeVariables)
    var detail =
      leftovers.ended.isEmpty
      ? "found nothing of the upgrade running" : "ended what the upgrade left running: \(leftovers.ended.joined(separator: ", "))"
    if !hasRunUpgrade {
      detail += "; looked for by its environment alone, since another snapexec ran the upgrade: what has dropped its environment was missed"
    }
    guard leftovers.remaining.isEmpty else {
      return .failed("\(detail); could not end \(leftovers.remaining.joined(separator: ", "))")
    }
    return .done(detail)
  }

  private func probe(_ health: Manifest.HealthCheck, _ interruption: Interruption) async -> Findings {
    var tries: UInt64 = 0
    while true {
      let command = Command(argv: health.argv, timeoutSeconds: health.timeoutSeconds)
      let result = await runner.run(command, interruption: interruption)
      tries += 1
      var findings = Findings(result)
      findings.detail = "\(health.node): its health check \(result.text)" + (tries > 1 ? " (try \(tries))" : "")
      if result.succeeded || tries > health.retries || result.ending == .interrupted { return findings }
      try? await Task.sleep(for: .seconds(Self.probePauseSeconds))
    }
  }
}
