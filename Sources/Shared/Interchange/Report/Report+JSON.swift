extension JSONValue {
  /// Nanoseconds as an exact decimal number of seconds.
  static func seconds(nanoseconds: UInt64) -> JSONValue {
    var writer = ByteWriter()
    writer.seconds(nanoseconds: nanoseconds)
    return .number(writer.takeString())
  }

  /// The nanoseconds of a number of seconds with up to nine decimals.
  var secondsAsNanoseconds: UInt64? {
    guard case .number(let text) = self else { return nil }
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first.flatMap({ UInt64($0) }), let shifted = whole.multiplied(by: 1_000_000_000) else { return nil }
    guard parts.count == 2 else { return shifted }
    guard (1...9).contains(parts[1].utf8.count), let fraction = UInt64(parts[1]) else { return nil }
    return shifted + (parts[1].utf8.count..<9).reduce(fraction) { product, _ in product * 10 }
  }
}

extension UInt64 {
  fileprivate func multiplied(by factor: UInt64) -> UInt64? {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow || product > UInt64.max - 1_000_000_000 ? nil : product
  }
}

extension Report {
  /// The document as a JSON tree.
  public var json: JSONValue {
    .object([
      .init("schema", .string(Report.schema)), .init("manifest", .string(manifest)), .init("state", .string(state.rawValue)),
      .init("detail", .string(detail)), .init("attempt", .integer(attempt)), .init("dry_run", .bool(dryRun)),
      .init("command", .texts(command)), .init("steps", .array(steps.map(\.json))), .init("snapshots", .array(snapshots.map(\.json))),
      .init(
        "groups",
        .array(
          groups.map { .object([.init("group", .string($0.group)), .init("skew_s", .seconds(nanoseconds: $0.skewNanoseconds))]) })),
      .init(
        "hold", .array(hold.map { .object([.init("endpoint", .string($0.endpoint)), .init("outcome", .string($0.outcome))]) })),
      .init(
        "kept",
        .array(
          kept.map {
            .object([.init("node", .string($0.node)), .init("path", .string($0.path)), .init("deletion", .string($0.deletion))])
          })),
    ])
  }

  /// Reads the document back from its JSON tree.
  public init(json: JSONValue) throws(DocumentError) {
    var root = try DocumentReader(json, path: "report")
    let schema = try root.string("schema")
    guard schema == Report.schema else {
      throw DocumentError(at: .path("report.schema"), found: "«\(schema)»", expected: "«\(Report.schema)»")
    }
    manifest = try root.string("manifest")
    state = try root.required("state", "a state") { $0.string.flatMap(State.init) }
    detail = try root.string("detail")
    attempt = try root.required("attempt", "a number") { $0.unsigned }
    dryRun = try root.required("dry_run", "true or false") { $0.bool }
    command = try root.requiredStrings("command")
    steps = try root.objects("steps", Step.init(reading:))
    snapshots = try root.objects("snapshots", Snapshot.init(reading:))
    groups = try root.objects("groups") { (reader) throws(DocumentError) in
      Group(
        group: try reader.string("group"), skewNanoseconds: try reader.required("skew_s", "a number of seconds") { $0.secondsAsNanoseconds }
      )
    }
    hold = try root.objects("hold") { (reader) throws(DocumentError) in
      Hold(endpoint: try reader.string("endpoint"), outcome: try reader.string("outcome"))
    }
    kept = try root.objects("kept") { (reader) throws(DocumentError) in
      Kept(node: try reader.string("node"), path: try reader.string("path"), deletion: try reader.string("deletion"))
    }
  }
}

extension Report.Step {
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("step", .string(step)), .init("outcome", .string(outcome.rawValue)), .init("began", .string(began.rfc3339)),
    ]
    if let durationNanoseconds { members.append(.init("duration_s", .seconds(nanoseconds: durationNanoseconds))) }
    members.append(.init("detail", .string(detail)))
    if let output { members.append(.init("output", .string(output))) }
    return .object(members)
  }

  init(reading reader: inout DocumentReader) throws(DocumentError) {
    step = try reader.string("step")
    outcome = try reader.required("outcome", "an outcome") { $0.string.flatMap(Outcome.init) }
    began = try reader.required("began", "an RFC 3339 time") { $0.string.flatMap { Timestamp(rfc3339: $0) } }
    durationNanoseconds = try reader.optional("duration_s", "a number of seconds") { $0.secondsAsNanoseconds }
    detail = try reader.string("detail")
    output = try reader.optionalString("output")
  }
}

extension Report.Snapshot {
  var json: JSONValue {
    .object([
      .init("id", .string(id)), .init("group", .string(group)), .init("node", .string(node)), .init("driver", .string(driver)),
      .init("volume", .string(volume)), .init("path", .string(path)), .init("taken", .string(taken.rfc3339)),
      .init("asked", .string(asked)), .init("achieved", .string(achieved)), .init("deletion", .string(deletion)),
    ])
  }

  init(reading reader: inout DocumentReader) throws(DocumentError) {
    id = try reader.string("id")
    group = try reader.string("group")
    node = try reader.string("node")
    driver = try reader.string("driver")
    volume = try reader.string("volume")
    path = try reader.string("path")
    taken = try reader.required("taken", "an RFC 3339 time") { $0.string.flatMap { Timestamp(rfc3339: $0) } }
    asked = try reader.string("asked")
    achieved = try reader.string("achieved")
    deletion = try reader.string("deletion")
  }
}
