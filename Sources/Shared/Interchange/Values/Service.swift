/// What a service is for, in the words of the edge stream.
public enum Nature: String, Sendable, CaseIterable {
  case database, storage, file, directory, naming, time, web, rpc, messaging, cache
  case remoteShell = "remote_shell"
  case monitoring, backup, media, control, unknown

  /// The word in documents: the raw value, which the hot path writes without looking at each of its characters.
  var text: StaticString {
    switch self {
    case .database: "database"
    case .storage: "storage"
    case .file: "file"
    case .directory: "directory"
    case .naming: "naming"
    case .time: "time"
    case .web: "web"
    case .rpc: "rpc"
    case .messaging: "messaging"
    case .cache: "cache"
    case .remoteShell: "remote_shell"
    case .monitoring: "monitoring"
    case .backup: "backup"
    case .media: "media"
    case .control: "control"
    case .unknown: "unknown"
    }
  }
}

/// What a judgement about a service rests on.
public enum ServiceBasis: String, Sendable, CaseIterable {
  case log, payload, port

  /// The word in documents.
  var text: StaticString {
    switch self {
    case .log: "log"
    case .payload: "payload"
    case .port: "port"
    }
  }
}

/// The application behind a port, what it is for, and how that is known.
public struct Service: Hashable, Sendable {
  /// The application's registered name, such as `postgresql`; nil where it has none.
  public var app: String?
  /// What it is for.
  public var nature: Nature
  /// What that rests on.
  public var basis: ServiceBasis

  /// A service as known.
  public init(app: String?, nature: Nature, basis: ServiceBasis) {
    self.app = app
    self.nature = nature
    self.basis = basis
  }
}
