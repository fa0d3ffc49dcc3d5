import Interchange

/// The three roads of a walk.
public enum Road: String, Sendable {
  /// Check, snapshot, upgrade, probe.
  case forward
  /// Delete the snapshots of an upgrade that was not begun.
  case undo
  /// Put everything back.
  case restore
}

/// One step of a road: what is done, and what its failure means.
public struct Step: Sendable, Equatable {
  /// What is done.
  public enum Action: Sendable, Equatable {
    case refuseUnprotected(Manifest.Check)
    case findCommands
    case checkVolume(Manifest.Snapshot)
    case probeBefore(Manifest.HealthCheck, required: Bool)
    case freeze(Manifest.Snapshot)
    case snapshot(Manifest.Snapshot)
    case thaw(Manifest.Snapshot)
    case upgrade
    case probe(Manifest.HealthCheck)
    case deleteSnapshot(Manifest.Snapshot)
    case stop(Manifest.ServiceCommands)
    case endLeftovers
    case restore(Manifest.Snapshot)
    case start(Manifest.ServiceCommands)

    /// Whether it is a command, whose result itself says that it was not run.
    var runsCommand: Bool {
      switch self {
      case .probeBefore, .upgrade, .probe, .stop, .start: true
      default: false
      }
    }
  }

  /// What follows from its failure.
  public enum Consequence: Sendable, Equatable {
    /// The walk goes on by another road.
    case turn(Road)
    /// The rest is done all the same, and the end is incomplete.
    case incomplete
    /// It is written down.
    case noted
  }

  /// Its name in journals and reports, unique within all roads.
  public var id: String
  /// What is done.
  public var action: Action
  /// What its failure means.
  public var failure: Consequence

  init(_ id: String, _ action: Action, failure: Consequence) {
    self.id = id
    self.action = action
    self.failure = failure
  }
}

/// The steps of every road for one manifest, as data.
public struct RoadMap: Sendable {
  private let manifest: Manifest
  private let freezing: Set<String>

  /// The roads of a manifest; `freezing` names the drivers that must stop writes for a snapshot.
  public init(_ manifest: Manifest, freezing: Set<String>) {
    self.manifest = manifest
    self.freezing = freezing
  }

  /// The steps of a road in order.
  public func steps(_ road: Road) -> [Step] {
    switch road {
    case .forward: checks + snapshots + [Step("upgrade", .upgrade, failure: .turn(.restore))] + probes("probe", failure: .turn(.restore))
    case .undo: thaws + manifest.snapshots.reversed().map { Step("delete/\($0.id)", .deleteSnapshot($0), failure: .incomplete) }
    case .restore: restore
    }
  }

  private var checks: [Step] {
    let unprotected = manifest.checks.filter { $0.kind == .unprotected }.enumerated().map { place, check in
      Step("check/unprotected/\(place + 1)", .refuseUnprotected(check), failure: check.required ? .turn(.undo) : .noted)
    }
    let volumes = manifest.snapshots.map { Step("check/volume/\($0.id)", .checkVolume($0), failure: .turn(.undo)) }
    let health = manifest.health.enumerated().compactMap { place, health -> Step? in
      guard let check = manifest.checks.first(where: { $0.kind == .health && $0.node == health.node }) else { return nil }
      return Step(
        "check/health/\(place + 1)", .probeBefore(health, required: check.required), failure: check.required ? .turn(.undo) : .noted)
    }
    return unprotected + [Step("check/commands", .findCommands, failure: .turn(.undo))] + volumes + health
  }

  /// Group by group: stop the writes of all, save all, let the writes go on.
  private var snapshots: [Step] {
    var groups: [String] = []
    for snapshot in manifest.snapshots where !groups.contains(snapshot.group) { groups.append(snapshot.group) }
    return groups.flatMap { group in
      let members = manifest.snapshots.filter { $0.group == group }
      let frozen = members.filter { freezing.contains($0.driver) }
      return frozen.map { Step("freeze/\($0.id)", .freeze($0), failure: .turn(.undo)) }
        + members.map { Step("snapshot/\($0.id)", .snapshot($0), failure: .turn(.undo)) }
        + frozen.reversed().map { Step("thaw/\($0.id)", .thaw($0), failure: .turn(.undo)) }
    }
  }

  private var thaws: [Step] {
    manifest.snapshots.reversed().filter { freezing.contains($0.driver) }.map {
      Step("undo/thaw/\($0.id)", .thaw($0), failure: .incomplete)
    }
  }

  private func probes(_ name: String, failure: Step.Consequence) -> [Step] {
    manifest.health.enumerated().map { Step("\(name)/\($0 + 1)", .probe($1), failure: failure) }
  }

  /// Services start in the order in which snapshots are put back, and stop the other way round.
  private var restore: [Step] {
    let order = manifest.restore.compactMap { id in manifest.snapshots.first { $0.id == id } }
    var nodes: [String] = []
    for snapshot in order where !nodes.contains(snapshot.node) { nodes.append(snapshot.node) }
    let services = nodes.compactMap { node in manifest.services.first { $0.node == node } }
    return services.reversed().filter { !$0.stop.isEmpty }.map { Step("stop/\($0.node)", .stop($0), failure: .noted) }
      + [Step("leftovers", .endLeftovers, failure: .noted)]
      + order.map { Step("restore/\($0.id)", .restore($0), failure: .incomplete) }
      + services.filter { !$0.start.isEmpty }.map { Step("start/\($0.node)", .start($0), failure: .incomplete) }
      + probes("probe-restored", failure: .incomplete)
  }
}
