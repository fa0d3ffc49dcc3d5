/// What was done for a manifest, step by step, and what came of it (`holdfast.report/1`).
public struct Report: Sendable, Equatable {
  /// The schema this program writes and reads.
  public static let schema = "holdfast.report/1"

  /// How far it came.
  public enum State: String, Sendable {
    /// Between two steps: to be resumed.
    case unfinished
    /// The upgrade went well.
    case accepted
    /// The upgrade failed and everything was put back.
    case restored
    /// Something could not be put back.
    case restoreIncomplete = "restore_incomplete"
    /// The upgrade was not begun, and nothing was changed.
    case notStarted = "not_started"
    /// An operator had everything put back after an upgrade that went well.
    case rolledBack = "rolled_back"
  }

  /// One step.
  public struct Step: Sendable, Equatable {
    /// What came of it.
    public enum Outcome: String, Sendable {
      case succeeded, failed
      /// It was begun and its end is not known.
      case cutOff = "cut_off"
    }
    /// Such as `snapshot/1` or `upgrade`.
    public var step: String
    /// What came of it.
    public var outcome: Outcome
    /// When it began, by the wall clock.
    public var began: Timestamp
    /// How long it took; nil where its end is not known.
    public var durationNanoseconds: UInt64?
    /// One sentence for people.
    public var detail: String
    /// The end of what a command wrote.
    public var output: String?

    /// A step and what came of it.
    public init(
      step: String, outcome: Outcome, began: Timestamp, durationNanoseconds: UInt64?, detail: String, output: String? = nil
    ) {
      self.step = step
      self.outcome = outcome
      self.began = began
      self.durationNanoseconds = durationNanoseconds
      self.detail = detail
      self.output = output
    }
  }

  /// A snapshot that is there.
  public struct Snapshot: Sendable, Equatable {
    /// Its id in the manifest.
    public var id: String
    /// Its consistency group.
    public var group: String
    /// Whose volume.
    public var node: String
    /// The driver.
    public var driver: String
    /// Of what.
    public var volume: String
    /// Where it is.
    public var path: String
    /// When it was taken.
    public var taken: Timestamp
    /// What was asked of it and what was achieved: `crash_consistent`.
    public var asked: String
    /// See `asked`.
    public var achieved: String
    /// How a person deletes it.
    public var deletion: String

    /// A snapshot that is there.
    public init(
      id: String, group: String, node: String, driver: String, volume: String, path: String, taken: Timestamp, asked: String,
      achieved: String,
      deletion: String
    ) {
      self.id = id
      self.group = group
      self.node = node
      self.driver = driver
      self.volume = volume
      self.path = path
      self.taken = taken
      self.asked = asked
      self.achieved = achieved
      self.deletion = deletion
    }
  }

  /// How far apart the snapshots of a group are.
  public struct Group: Sendable, Equatable {
    /// Its name.
    public var group: String
    /// From the beginning of its first snapshot to the end of its last.
    public var skewNanoseconds: UInt64

    /// A group and its skew.
    public init(group: String, skewNanoseconds: UInt64) {
      self.group = group
      self.skewNanoseconds = skewNanoseconds
    }
  }

  /// A port that the plan wants held, and what came of that.
  public struct Hold: Sendable, Equatable {
    /// `NODE:PROTO:PORT`.
    public var endpoint: String
    /// What came of it.
    public var outcome: String

    /// A port of the plan.
    public init(endpoint: String, outcome: String) {
      self.endpoint = endpoint
      self.outcome = outcome
    }
  }

  /// A replaced state that is kept aside.
  public struct Kept: Sendable, Equatable {
    /// Whose volume it was.
    public var node: String
    /// Where it is.
    public var path: String
    /// How a person deletes it.
    public var deletion: String

    /// A state kept aside.
    public init(node: String, path: String, deletion: String) {
      self.node = node
      self.path = path
      self.deletion = deletion
    }
  }

  /// The manifest's id.
  public var manifest: String
  /// How far it came.
  public var state: State
  /// Why, one sentence.
  public var detail: String
  /// How often the manifest was begun.
  public var attempt: UInt64
  /// Whether nothing was changed because only a record was asked for.
  public var dryRun: Bool
  /// The command that was given.
  public var command: [String]
  /// The steps of the last attempt in the order in which they began.
  public var steps: [Step]
  /// Snapshots that are there now.
  public var snapshots: [Snapshot]
  /// Consistency groups, by name.
  public var groups: [Group]
  /// Ports to hold.
  public var hold: [Hold]
  /// Replaced states.
  public var kept: [Kept]

  /// A report of these parts.
  public init(
    manifest: String, state: State, detail: String, attempt: UInt64, dryRun: Bool, command: [String], steps: [Step], snapshots: [Snapshot],
    groups: [Group], hold: [Hold], kept: [Kept]
  ) {
    self.manifest = manifest
    self.state = state
    self.detail = detail
    self.attempt = attempt
    self.dryRun = dryRun
    self.command = command
    self.steps = steps
    self.snapshots = snapshots
    self.groups = groups
    self.hold = hold
    self.kept = kept
  }
}
