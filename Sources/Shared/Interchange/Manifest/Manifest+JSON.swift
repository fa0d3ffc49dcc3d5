/// Scores are written with four decimals, as in the topology.
private let scorePlaces = 4

extension JSONValue {
  static func texts(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
}

extension Manifest {
  /// The document as a JSON tree without its `id`.
  public var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("schema", .string(Manifest.schema)),
      .init("change", .object([.init("targets", .texts(change.targets)), .init("nodes", .texts(change.nodes))])),
      .init(
        "inputs",
        .object([
          .init("topology", .string(inputs.topology)), .init("inventory", .string(inputs.inventory)),
          .init("policy", .string(inputs.policy)),
        ])),
      .init("affected", .array(affected.map(\.json))),
      .init("considered", .array(considered.map(\.json))),
      .init("checks", .array(checks.map(\.json))),
      .init("hold", .array(hold.map(\.json))),
      .init("snapshots", .array(snapshots.map(\.json))),
      .init("upgrade", upgrade.json),
      .init("services", .array(services.map(\.json))),
      .init("health", .array(health.map(\.json))),
      .init("restore", .texts(restore)),
    ]
    var kept: [JSONValue.Member] = [.init("keep_s", .integer(retention.keepSeconds))]
    if let until = retention.until { kept.append(.init("until", .string(until.rfc3339))) }
    members.append(.init("retention", .object(kept)))
    if let expires { members.append(.init("expires", .string(expires.rfc3339))) }
    members.append(
      .init(
        "coverage",
        .array(
          coverage.map {
            .object([.init("kind", .string($0.kind)), .init("subject", .string($0.subject)), .init("detail", .string($0.detail))])
          })))
    return .object(members)
  }
}

extension Manifest.Hop {
  var json: JSONValue {
    .object([
      .init("source", .string(source)), .init("target", .string(target)), .init("score", .decimal(score, places: scorePlaces)),
      .init("reached", .decimal(reached, places: scorePlaces)),
    ])
  }
}

extension Manifest.Affected {
  var json: JSONValue {
    .object([
      .init("node", .string(node)), .init("role", .string(role.rawValue)), .init("snapshot", .bool(snapshot)),
      .init("score", .decimal(score, places: scorePlaces)), .init("path", .array(path.map(\.json))), .init("reason", .string(reason)),
    ])
  }
}

extension Manifest.Considered {
  var json: JSONValue {
    .object([
      .init("node", .string(node)), .init("role", .string(role.rawValue)), .init("score", .decimal(score, places: scorePlaces)),
      .init("path", .array(path.map(\.json))), .init("why_not", .string(whyNot)),
    ])
  }
}

extension Manifest.Check {
  var json: JSONValue {
    .object([
      .init("kind", .string(kind.rawValue)), .init("node", .string(node)), .init("required", .bool(required)),
      .init("detail", .string(detail)),
    ])
  }
}

extension Manifest.Hold {
  var json: JSONValue {
    .object([
      .init("node", .string(node)), .init("addresses", .texts(addresses)), .init("proto", .string(proto)), .init("port", .integer(port)),
      .init(
        "clients", .array(clients.map { .object([.init("node", .string($0.node)), .init("processes", .texts($0.processes))]) })),
    ])
  }
}

extension Manifest.Snapshot {
  var json: JSONValue {
    .object([
      .init("id", .string(id)), .init("group", .string(group)), .init("node", .string(node)), .init("driver", .string(driver)),
      .init("volume", .string(volume)),
    ])
  }
}

extension Manifest.Upgrade {
  var json: JSONValue {
    .object([
      .init("argv", .texts(argv)), .init("command", .string(command.rawValue)), .init("timeout_s", .integer(timeoutSeconds)),
    ])
  }
}

extension Manifest.ServiceCommands {
  var json: JSONValue {
    .object([
      .init("node", .string(node)), .init("stop", .texts(stop)), .init("start", .texts(start)),
      .init("timeout_s", .integer(timeoutSeconds)),
    ])
  }
}

extension Manifest.HealthCheck {
  var json: JSONValue {
    .object([
      .init("node", .string(node)), .init("argv", .texts(argv)), .init("timeout_s", .integer(timeoutSeconds)),
      .init("retries", .integer(retries)),
    ])
  }
}
