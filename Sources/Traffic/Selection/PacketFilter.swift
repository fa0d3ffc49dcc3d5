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

  private let library: PcapLibrary
  private var programs: [(link: UInt16, program: FilterProgram?)]
  private var currentLink: UInt16?
  private var current: UnsafeMutablePointer<bpf_program>?

  /// The link types for which an expression is tried before anything is read: those that are looked into, the usual one first.
  private static let tried: [UInt16] = [
    LinkType.ethernet, LinkType.linuxSLL, LinkType.linuxSLL2, LinkType.raw, LinkType.null, LinkType.loop, LinkType.ppp, LinkType.pppHDLC,
    LinkType.pppoe, LinkType.ipv4, LinkType.ipv6,
  ]

  /// Compiles the expression, so that what is wrong with it is said before any input is read.
  ///
  /// Throws libpcap's words for Ethernet where no link type that is looked into can be filtered with it, and where there is no libpcap.
  public init(_ expression: String) throws(FilterRefusal) {
    let (library, link, program) = try Self.prepare(expression)
    self.init(expression, library, link, program)
  }

  private init(_ expression: String, _ library: PcapLibrary, _ link: UInt16, _ program: FilterProgram) {
    self.expression = expression
    self.library = library
    programs = [(link, program)]
  }

  /// The program for the first of `tried` that the expression means something on.
  private static func prepare(_ expression: String) throws(FilterRefusal) -> (PcapLibrary, UInt16, FilterProgram) {
    guard let library = PcapLibrary.loaded else {
      throw FilterRefusal(reason: "filters need libpcap (libpcap.so.0.8 or libpcap.so.1), which cannot be loaded", isLibraryMissing: true)
    }
    var refusal: FilterRefusal?
    for link in tried {
      switch FilterProgram.compile(expression, link: link, with: library) {
      case .success(let program): return (library, link, program)
      case .failure(let failure): refusal = refusal ?? failure
      }
    }
    throw refusal ?? FilterRefusal(reason: "no link type to filter on")
  }

  /// Whether a frame is chosen; `originalByteCount` is its length on the wire, which `len` and `greater` speak of.
  @inline(__always)
  public mutating func accepts(frame: Span<UInt8>, link: UInt16, originalByteCount: UInt32) -> Bool {
    if link != currentLink { turn(to: link) }
    guard let program = unsafe current else { return false }
    var header = pcap_pkthdr()
    header.caplen = UInt32(truncatingIfNeeded: frame.count)
    header.len = originalByteCount
    return unsafe frame.withUnsafeBufferPointer { unsafe library.run(program, &header, $0.baseAddress) != 0 }
  }

  private mutating func turn(to link: UInt16) {
    currentLink = link
    if let known = programs.first(where: { $0.link == link }) {
      unsafe current = known.program?.program
      return
    }
    switch FilterProgram.compile(expression, link: link, with: library) {
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
