import CPcap
import Packets

/// A choice of packets in tcpdump's language (pcap-filter(7)), compiled and run by libpcap.
///
/// Each link type has its own program, made at the first packet of it. Packets of a link type on which the expression means nothing
/// (`ether host …` without Ethernet) are not accepted; `refusals` names each such type once. libpcap before 1.8.0 cannot compile on two
/// threads at once; running programs has no such limit, but every thread needs a filter of its own, because this one changes as it runs.
/// Names in an expression (`host db1`, `port http`) are looked up on this machine when it is compiled.
///
/// Unsafe: libpcap reads a frame and the program through pointers; bounds: the frame's own length, which the header states to it, and
/// `current`, which one of `programs` owns.
@safe public struct PacketFilter: ~Copyable {
  /// A link type that occurred and on which the expression means nothing.
  public struct LinkRefusal: Sendable {
    /// The LINKTYPE_ number.
    public var link: UInt16
    /// libpcap's words.
    public var reason: String
    /// A sentence for the user.
    public var message: String {
      "the filter means nothing on link type \(LinkType.name(link)) (\(reason)); all packets of that type count as filtered"
    }
  }

  /// The expression as it was given.
  public let expression: String
  /// The link types that occurred so far on which the expression means nothing, in the order in which they were met.
  public private(set) var refusals: [LinkRefusal] = []

  private var programs: [(link: UInt16, program: FilterProgram?)] = []
  private var currentLink: UInt16?
  private var current: UnsafeMutablePointer<bpf_program>?

  /// The link types for which an expression is tried before anything is read: those that are looked into, the usual one first.
  private static let tried: [UInt16] = [
    LinkType.ethernet, LinkType.linuxSLL, LinkType.linuxSLL2, LinkType.raw, LinkType.null, LinkType.loop, LinkType.ppp, LinkType.pppHDLC,
    LinkType.pppoe, LinkType.ipv4, LinkType.ipv6,
  ]

  /// Compiles the expression, so that what is wrong with it is said before any input is read.
  ///
  /// Throws libpcap's words for Ethernet where no link type that is looked into can be filtered with it.
  public init(_ expression: String) throws(FilterRefusal) {
    self.expression = expression
    var refusal: FilterRefusal?
    for link in Self.tried {
      switch FilterProgram.compile(expression, link: link) {
      case .success(let program):
        programs.append((link, program))
        return
      case .failure(let failure): refusal = refusal ?? failure
      }
    }
    if let refusal { throw refusal }
  }

  /// Whether a frame is chosen; `originalByteCount` is its length on the wire, which `len` and `greater` speak of.
  @inline(__always)
  public mutating func accepts(frame: Span<UInt8>, link: UInt16, originalByteCount: UInt32) -> Bool {
    if link != currentLink { turn(to: link) }
    guard let program = unsafe current else { return false }
    var header = pcap_pkthdr()
    header.caplen = UInt32(truncatingIfNeeded: frame.count)
    header.len = originalByteCount
    return unsafe frame.withUnsafeBufferPointer { unsafe pcap_offline_filter(program, &header, $0.baseAddress) != 0 }
  }

  private mutating func turn(to link: UInt16) {
    currentLink = link
    if let known = programs.first(where: { $0.link == link }) {
      unsafe current = known.program?.program
      return
    }
    switch FilterProgram.compile(expression, link: link) {
    case .success(let program):
      programs.append((link, program))
      unsafe current = program.program
    case .failure(let failure):
      programs.append((link, nil))
      refusals.append(LinkRefusal(link: link, reason: failure.reason))
      unsafe current = nil
    }
  }
}
