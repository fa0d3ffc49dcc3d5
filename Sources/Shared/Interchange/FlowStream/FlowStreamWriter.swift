import ByteStreams

/// Writes a stream of flows in the frame of an edge stream: `header`, then `flow`s, then `source`s, then `end`.
public struct FlowStreamWriter: ~Copyable {
  private var frame: EdgeStreamWriter

  /// Begins a stream by writing its header.
  public init(header: EdgeStreamHeader, to sink: any ByteSink) throws(StreamError) {
    frame = try EdgeStreamWriter(schema: "holdfast.flows/1", header: header, to: sink)
  }

  /// Writes one flow.
  public mutating func write(_ flow: borrowing FlowRecord) throws(StreamError) {
    frame.time("{\"record\":\"flow\",\"start\":\"", flow.start)
    frame.time(",\"end\":\"", flow.end)
    if let network = flow.network { frame.string(",\"network\":", network) }
    frame.address(",\"client\":\"", flow.client)
    if let port = flow.clientPort { frame.count(",\"client_port\":", UInt64(port)) }
    frame.address(",\"server\":\"", flow.server)
    if let port = flow.port { frame.count(",\"port\":", UInt64(port)) }
    frame.transport(",\"proto\":", flow.proto)
    if let service = flow.service { frame.service(service) }
    frame.judgement(flow.direction, flow.volume)
    frame.outcome(flow.outcome)
    frame.text.literal(",\"ended_by\":\"")
    frame.text.literal(flow.endedBy.text)
    frame.text.byte(0x22)
    if let response = flow.networkResponseNanoseconds {
      frame.text.literal(",\"response\":{\"network_s\":")
      frame.text.seconds(nanoseconds: response)
      frame.text.byte(0x7D)
    }
    if let retransmissions = flow.retransmissions { frame.count(",\"retransmissions\":", retransmissions) }
    if let communityID = flow.communityID { frame.string(",\"community_id\":", communityID) }
    try frame.endRecord()
  }

  /// Writes the names of one address.
  public mutating func write(_ name: NameRecord) throws(StreamError) { try frame.write(name) }

  /// Writes what was read of one input.
  public mutating func write(_ source: SourceRecord) throws(StreamError) { try frame.write(source) }

  /// Writes the `end` record; nothing may follow it.
  public consuming func finish() throws(StreamError) { try frame.finish() }
}
