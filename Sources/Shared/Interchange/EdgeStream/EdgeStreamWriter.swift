import ByteStreams

/// Writes an edge stream: `header`, then `edge`s and `nesting`s, then `name`s, then `source`s, then `end` with the count and digest of all before it.
///
/// Unsafe: finished text goes to digest and sink as a pointer into the writer's buffer; bound: what the buffer holds, within `take` alone.
public struct EdgeStreamWriter: ~Copyable {
  private var text = ByteWriter()
  private var digest = StreamDigest()
  private var records: UInt64 = 0
  private let sink: any ByteSink
  private static let flushAt = 128 * 1024

  /// Begins a stream by writing its header.
  public init(header: EdgeStreamHeader, to sink: any ByteSink) throws(StreamError) {
    self.sink = sink
    text.literal("{\"record\":\"header\",\"schema\":\"holdfast.edges/1\",\"window_s\":")
    text.integer(header.windowSeconds)
    text.literal(",\"lateness_s\":")
    text.seconds(nanoseconds: header.latenessNanoseconds)
    text.literal(",\"idle_tcp_s\":")
    text.seconds(nanoseconds: header.idleTCPNanoseconds)
    text.literal(",\"idle_other_s\":")
    text.seconds(nanoseconds: header.idleOtherNanoseconds)
    write(header.selection)
    try endRecord()
  }

  private mutating func write(_ selection: EdgeStreamHeader.Selection) {
    if let tunnels = selection.tunnels { string(",\"tunnels\":", tunnels) }
    if let networks = selection.networks { string(",\"networks\":", networks) }
    if let filter = selection.filter { string(",\"filter\":", filter) }
    if let since = selection.since { time(",\"since\":\"", since) }
    if let until = selection.until { time(",\"until\":\"", until) }
    if let hosts = selection.hosts { string(",\"hosts\":", hosts) }
    if let dedup = selection.dedupNanoseconds {
      text.literal(",\"dedup_s\":")
      text.seconds(nanoseconds: dedup)
    }
  }

  private mutating func endRecord() throws(StreamError) {
    text.literal("}\n")
    records += 1
    if text.count >= Self.flushAt { try flush() }
  }

  private mutating func flush() throws(StreamError) {
    try unsafe text.take { (bytes: UnsafeRawBufferPointer) throws(StreamError) in
      unsafe digest.update(bytes)
      try unsafe sink.write(bytes)
    }
  }

  @inline(__always)
  private mutating func count(_ name: StaticString, _ value: UInt64) {
    text.literal(name)
    text.integer(value)
  }

  @inline(__always)
  private mutating func time(_ name: StaticString, _ value: Timestamp) {
    text.literal(name)
    text.timestamp(value)
    text.byte(0x22)
  }

  @inline(__always)
  private mutating func address(_ name: StaticString, _ value: IPAddress) {
    text.literal(name)
    text.address(value)
    text.byte(0x22)
  }

  private mutating func string(_ name: StaticString, _ value: String) {
    text.literal(name)
    text.jsonString(value)
  }

  private mutating func transport(_ name: StaticString, _ value: TransportProtocol) {
    text.literal(name)
    if let known = value.staticName {
      text.byte(0x22)
      text.literal(known)
      text.byte(0x22)
    } else {
      text.integer(UInt64(value.number))
    }
  }

  /// Writes one edge.
  public mutating func write(_ edge: borrowing EdgeRecord) throws(StreamError) {
    time("{\"record\":\"edge\",\"window\":\"", edge.window)
    if let network = edge.network { string(",\"network\":", network) }
    address(",\"client\":\"", edge.client)
    address(",\"server\":\"", edge.server)
    transport(",\"proto\":", edge.proto)
    if let port = edge.port { count(",\"port\":", UInt64(port)) }
    if let port = edge.clientPort { count(",\"client_port\":", UInt64(port)) }
    if let service = edge.service {
      text.literal(",\"service\":{")
      if let app = service.app {
        string("\"app\":", app)
        text.byte(0x2C)
      }
      text.literal("\"nature\":\"")
      text.literal(service.nature.text)
      text.literal("\",\"basis\":\"")
      text.literal(service.basis.text)
      text.literal("\"}")
    }
    text.literal(",\"direction\":{\"basis\":\"")
    text.literal(edge.direction.text)
    text.literal(edge.direction.isCertain ? "\",\"certain\":true}" : "\",\"certain\":false}")
    count(",\"volume\":{\"bytes_to_server\":", edge.volume.bytesToServer)
    count(",\"bytes_to_client\":", edge.volume.bytesToClient)
    count(",\"packets_to_server\":", edge.volume.packetsToServer)
    count(",\"packets_to_client\":", edge.volume.packetsToClient)
    count("},\"frequency\":{\"flows\":", edge.flows)
    count(",\"active_slots\":", edge.activeSlots)
    count(",\"slots\":", edge.slots)
    text.literal("},\"duration_s\":")
    text.seconds(nanoseconds: edge.durationNanoseconds)
    if edge.networkResponse.count > 0 || edge.applicationResponse.count > 0 {
      text.literal(",\"response\":{")
      if edge.networkResponse.count > 0 { distribution("\"network\":", edge.networkResponse) }
      if edge.applicationResponse.count > 0 {
        distribution(edge.networkResponse.count > 0 ? ",\"application\":" : "\"application\":", edge.applicationResponse)
      }
      text.byte(0x7D)
    }
    outcome(edge.outcome)
    if !edge.names.isEmpty { names(edge.names, more: edge.namesMore) }
    time(",\"first\":\"", edge.first)
    time(",\"last\":\"", edge.last)
    try endRecord()
  }

  private mutating func names(_ names: [String], more: UInt64) {
    text.literal(",\"names\":[")
    for (place, name) in names.enumerated() {
      if place > 0 { text.byte(0x2C) }
      text.jsonString(name)
    }
    text.byte(0x5D)
    if more > 0 { count(",\"names_more\":", more) }
  }

  private mutating func outcome(_ outcome: EdgeRecord.Outcome) {
    text.literal(",\"outcome\":{")
    var first = true
    func entry(_ name: StaticString, _ value: UInt64, _ text: inout ByteWriter) {
      guard value > 0 else { return }
      if !first { text.byte(0x2C) }
      first = false
      text.literal(name)
      text.integer(value)
    }
    entry("\"answered\":", outcome.answered, &text)
    entry("\"refused\":", outcome.refused, &text)
    entry("\"reset\":", outcome.reset, &text)
    entry("\"unreachable\":", outcome.unreachable, &text)
    entry("\"midstream\":", outcome.midstream, &text)
    text.byte(0x7D)
  }

  private mutating func distribution(_ name: StaticString, _ value: Distribution) {
    text.literal(name)
    count("{\"count\":", value.count)
    for (label, nanoseconds) in [
      (",\"sum_s\":" as StaticString, value.sumNanoseconds), (",\"p50_s\":", value.quantileNanoseconds(perMille: 500)),
      (",\"p95_s\":", value.quantileNanoseconds(perMille: 950)), (",\"p99_s\":", value.quantileNanoseconds(perMille: 990)),
    ] {
      text.literal(label)
      text.seconds(nanoseconds: nanoseconds)
    }
    text.literal(",\"buckets\":[")
    for (place, bucket) in value.buckets.enumerated() {
      text.literal(place > 0 ? ",[" : "[")
      text.integer(UInt64(bucket.index))
      text.byte(0x2C)
      text.integer(bucket.count)
      text.byte(0x5D)
    }
    text.literal("]}")
  }

  /// Writes one nesting record.
  public mutating func write(_ nesting: NestingRecord) throws(StreamError) {
    time("{\"record\":\"nesting\",\"window\":\"", nesting.window)
    if let network = nesting.network { string(",\"network\":", network) }
    address(",\"host\":\"", nesting.host)
    transport(",\"inbound\":{\"proto\":", nesting.inbound.proto)
    count(",\"port\":", UInt64(nesting.inbound.port))
    address("},\"outbound\":{\"server\":\"", nesting.outbound.server)
    transport(",\"proto\":", nesting.outbound.proto)
    count(",\"port\":", UInt64(nesting.outbound.port))
    count("},\"inbound_flows\":", nesting.inboundFlows)
    text.literal(",\"by_parents\":{")
    for (place, entry) in nesting.byParents.enumerated() {
      count(place > 0 ? ",\"" : "\"", entry.parents)
      count("\":", entry.flows)
    }
    text.byte(0x7D)
    try endRecord()
  }

  /// Writes the names of one address.
  public mutating func write(_ name: NameRecord) throws(StreamError) {
    address("{\"record\":\"name\",\"address\":\"", name.address)
    names(name.names, more: name.namesMore)
    try endRecord()
  }

  /// Writes what was read of one input.
  public mutating func write(_ source: SourceRecord) throws(StreamError) {
    string("{\"record\":\"source\",\"name\":", source.name)
    string(",\"kind\":", source.kind)
    text.literal(",\"links\":[")
    for (place, link) in source.links.enumerated() {
      if place > 0 { text.byte(0x2C) }
      text.jsonString(link)
    }
    count("],\"packets\":", source.packets)
    count(",\"ip_packets\":", source.ipPackets)
    count(",\"ip_bytes\":", source.ipBytes)
    count(",\"edge_packets\":", source.edgePackets)
    count(",\"edge_bytes\":", source.edgeBytes)
    count(",\"tunnel_overhead_bytes\":", source.tunnelOverheadBytes)
    if source.repeated.packets > 0 {
      count(",\"repeated\":{\"packets\":", source.repeated.packets)
      count(",\"bytes\":", source.repeated.bytes)
      text.byte(0x7D)
    }
    text.literal(",\"not_in_edges\":{")
    for (place, loss) in source.notInEdges.enumerated() {
      if place > 0 { text.byte(0x2C) }
      text.jsonString(loss.reason)
      count(":{\"packets\":", loss.packets)
      count(",\"bytes\":", loss.bytes)
      text.byte(0x7D)
    }
    count("},\"late\":", source.late)
    count(",\"time_went_back\":", source.timeWentBack)
    count(",\"no_time\":", source.noTime)
    if source.evictedFlows > 0 { count(",\"evicted_flows\":", source.evictedFlows) }
    if let conversations = source.tcpConversations { count(",\"tcp_conversations\":", conversations) }
    if let conversations = source.udpConversations { count(",\"udp_conversations\":", conversations) }
    if let received = source.received { count(",\"received\":", received) }
    if let dropped = source.dropped { count(",\"dropped\":", dropped) }
    if source.clockOffsetNanoseconds != 0 {
      text.literal(",\"clock_offset_s\":")
      text.signedSeconds(nanoseconds: source.clockOffsetNanoseconds)
    }
    if let first = source.first { time(",\"first\":\"", first) }
    if let last = source.last { time(",\"last\":\"", last) }
    text.literal(source.complete ? ",\"complete\":true" : ",\"complete\":false")
    if let damage = source.damage {
      count(",\"damage\":{\"offset\":", damage.offset)
      if damage.inCompressed { text.literal(",\"in_compressed\":true") }
      string(",\"reason\":", damage.reason)
      text.byte(0x7D)
    }
    if source.skippedBlocks > 0 { count(",\"skipped_blocks\":", source.skippedBlocks) }
    try endRecord()
  }

  /// Writes the `end` record; nothing may follow it.
  public consuming func finish() throws(StreamError) {
    try flush()
    text.literal("{\"record\":\"end\",\"records\":")
    text.integer(records)
    string(",\"digest\":", digest.text)
    text.literal("}\n")
    try flush()
  }
}
