import Interchange
import Inventory

/// How a plan is made (`holdfast.policy/1`); every member has a default, so that no file is needed.
public struct Policy: Sendable, Equatable {
  /// The schema this program reads.
  public static let schema = "holdfast.policy/1"

  /// What happens where a node that must be saved cannot be.
  public enum Unprotected: String, Sendable {
    /// snapexec refuses the manifest.
    case refuse
    /// The manifest and the report say so.
    case report
  }

  /// Below this a node is not affected, in [0, 1]; nil: the topology's own threshold.
  public var threshold: Double?
  /// How many dependencies a reason may be long.
  public var hopsMax = 3
  /// What is left of a score after each hop but the first, in [0, 1].
  public var decay = 0.8
  /// By what the threshold is multiplied where coverage is poor, in [0, 1].
  public var poorCoverageFactor = 0.75
  /// Nodes that are saved with every upgrade.
  public var always: [String] = []
  /// Nodes that are never touched.
  public var never: [String] = []
  /// Natures of services that hold what others write.
  public var writtenNatures: Set<Nature> = [.database, .storage, .file, .directory, .messaging, .cache, .backup]
  /// Natures whose owner must be saved where the upgrade can write to it.
  public var mustSaveNatures: Set<Nature> = [.database, .storage, .file, .directory, .messaging]
  /// Natures of shared infrastructure, over which nothing is dragged in.
  public var infrastructureNatures: Set<Nature> = [.naming, .time, .monitoring]
  /// What happens where a node that must be saved cannot be.
  public var unprotected = Unprotected.refuse
  /// Whether an application's other nodes are saved together with one that is.
  public var wholeGroups = false
  /// Whether another command than the planned one may be run; nil: no, if one is planned, else yes.
  public var command: Manifest.Upgrade.Rule?
  /// After how many seconds the upgrade counts as failed.
  public var upgradeTimeoutSeconds: UInt64 = 3600
  /// How often a health check is tried again.
  public var healthRetries: UInt64 = 3
  /// Whether nothing may be done while a node is not well before the upgrade.
  public var healthBefore = true
  /// How long snapshots are kept, in seconds after the newest window.
  public var keepSeconds: UInt64 = 7 * 86400
  /// How long the plan is good for, in seconds after the newest window.
  public var expiresSeconds: UInt64 = 86400

  /// The defaults.
  public init() {}
}

extension Policy {
  /// Reads a policy from YAML or JSON; unknown members are refused, since a misspelt one would quietly mean its default.
  public init(parsing bytes: [UInt8]) throws(DocumentError) {
    let document = try DocumentTree(parsing: bytes)
    do { try self.init(json: document.tree) } catch { throw document.placed(error) }
  }

  /// Reads a policy from its tree.
  public init(json: JSONValue) throws(DocumentError) {
    self.init()
    var root = try DocumentReader(json, path: "policy")
    if let schema = try root.optionalString("schema"), schema != Policy.schema {
      throw DocumentError(at: .path("schema"), found: "«\(schema)»", expected: "«\(Policy.schema)»")
    }
    let fraction: (JSONValue) -> Double? = { $0.double.flatMap { (0...1).contains($0) ? $0 : nil } }
    threshold = try root.optional("threshold", "a number from 0 to 1", fraction)
    hopsMax =
      try root.optional("hops_max", "a number from 1 to 16") { $0.unsigned.flatMap { (1...16).contains($0) ? Int($0) : nil } } ?? hopsMax
    decay = try root.optional("decay", "a number from 0 to 1", fraction) ?? decay
    poorCoverageFactor = try root.optional("poor_coverage_factor", "a number from 0 to 1", fraction) ?? poorCoverageFactor
    always = try root.strings("always")
    never = try root.strings("never")
    writtenNatures = try root.natures("written_natures") ?? writtenNatures
    mustSaveNatures = try root.natures("must_save_natures") ?? mustSaveNatures
    infrastructureNatures = try root.natures("infrastructure_natures") ?? infrastructureNatures
    unprotected = try root.optional("unprotected", "refuse or report") { $0.string.flatMap(Unprotected.init) } ?? unprotected
    wholeGroups = try root.optional("whole_groups", "true or false") { $0.bool } ?? wholeGroups
    command = try root.optional("command", "exact or any") { $0.string.flatMap(Manifest.Upgrade.Rule.init) }
    let seconds: (JSONValue) -> UInt64? = { $0.unsigned.flatMap { $0 <= 100 * 366 * 86400 ? $0 : nil } }
    upgradeTimeoutSeconds = try root.optional("upgrade_timeout_s", "a number of seconds", seconds) ?? upgradeTimeoutSeconds
    healthRetries =
      try root.optional("health_retries", "a number of tries up to 1000") { $0.unsigned.flatMap { $0 <= 1000 ? $0 : nil } } ?? healthRetries
    healthBefore = try root.optional("health_before", "true or false") { $0.bool } ?? healthBefore
    keepSeconds = try root.optional("keep_s", "a number of seconds", seconds) ?? keepSeconds
    expiresSeconds = try root.optional("expires_s", "a number of seconds", seconds) ?? expiresSeconds
    if let key = root.unknownKeys.first { throw DocumentError(at: .path(key), found: "«\(key)»", expected: "a member of \(Policy.schema)") }
    if let both = always.first(where: never.contains) {
      throw DocumentError(at: .path("never"), found: "«\(both)», which stands in «always» too", expected: "each node in one of them")
    }
  }

  /// The policy with its defaults written out: what its digest is taken over.
  public var json: JSONValue {
    func texts(_ values: [String]) -> JSONValue { .array(values.sorted().map { .string($0) }) }
    func natures(_ values: Set<Nature>) -> JSONValue { texts(values.map(\.rawValue)) }
    var members: [JSONValue.Member] = [.init("schema", .string(Policy.schema))]
    if let threshold { members.append(.init("threshold", .decimal(threshold, places: 4))) }
    members += [
      .init("hops_max", .integer(hopsMax)), .init("decay", .decimal(decay, places: 4)),
      .init("poor_coverage_factor", .decimal(poorCoverageFactor, places: 4)), .init("always", texts(always)), .init("never", texts(never)),
      .init("written_natures", natures(writtenNatures)), .init("must_save_natures", natures(mustSaveNatures)),
      .init("infrastructure_natures", natures(infrastructureNatures)), .init("unprotected", .string(unprotected.rawValue)),
      .init("whole_groups", .bool(wholeGroups)),
    ]
    if let command { members.append(.init("command", .string(command.rawValue))) }
    members += [
      .init("upgrade_timeout_s", .integer(upgradeTimeoutSeconds)), .init("health_retries", .integer(healthRetries)),
      .init("health_before", .bool(healthBefore)), .init("keep_s", .integer(keepSeconds)), .init("expires_s", .integer(expiresSeconds)),
    ]
    return .object(members)
  }
}

extension DocumentReader {
  fileprivate mutating func natures(_ key: String) throws(DocumentError) -> Set<Nature>? {
    try optional(key, "a list of natures") { value -> Set<Nature>? in
      guard let elements = value.array else { return nil }
      let natures = elements.compactMap { $0.string.flatMap(Nature.init) }
      return natures.count == elements.count ? Set(natures) : nil
    }
  }
}
