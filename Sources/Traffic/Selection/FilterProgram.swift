import CPcap
import Glibc
import Packets

/// An expression in tcpdump's language, compiled by libpcap for one link type.
///
/// libpcap is given a capture file without packets, so that it maps the link type's number itself and refuses what can be told only while
/// capturing (`inbound` on Ethernet). It takes 262,144 bytes of a packet at most, as tcpdump does. The netmask is unknown, as it is for every file: `ip broadcast` is refused.
///
/// Unsafe: libpcap keeps the program behind a pointer, which lives exactly as long as this object; the file header is 24 bytes and outlives
/// the handle that reads it; the error buffer has the size that libpcap asks for.
@safe final class FilterProgram {
  private let library: PcapLibrary
  /// The program; valid while the object lives.
  let program: UnsafeMutablePointer<bpf_program>
  /// What OpenBSD once wrote for raw IP; libpcap knows it only there.
  private static let obsoleteRaw: UInt16 = 14

  /// Compiles; `.failure` holds libpcap's own words.
  static func compile(_ expression: String, link: UInt16, with library: PcapLibrary) -> Result<FilterProgram, FilterRefusal> {
    let number = link == obsoleteRaw ? LinkType.raw : link
    // Magic number, version 2.4, time zone, accuracy, snap length, link type; libpcap sees from the first that all is little-endian.
    var header: [UInt8] = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0]
    header += [UInt8(truncatingIfNeeded: number), UInt8(number >> 8), 0, 0]
    return unsafe header.withUnsafeMutableBytes { bytes in
      var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
      guard let file = unsafe fmemopen(bytes.baseAddress, bytes.count, "r") else { return .failure(FilterRefusal(reason: "no memory")) }
      guard let handle = unsafe library.openOffline(file, &message) else {
        unsafe fclose(file)
        return .failure(FilterRefusal(reason: text(message)))
      }
      defer { unsafe library.close(handle) }
      let program = UnsafeMutablePointer<bpf_program>.allocate(capacity: 1)
      unsafe program.initialize(to: bpf_program())
      guard unsafe library.compile(handle, program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
        unsafe program.deallocate()
        let words = unsafe library.lastError(handle).map { unsafe String(cString: $0) } ?? "no reason given"
        return .failure(FilterRefusal(reason: words))
      }
      return .success(unsafe FilterProgram(program, of: library))
    }
  }

  private init(_ program: UnsafeMutablePointer<bpf_program>, of library: PcapLibrary) {
    unsafe self.program = program
    self.library = library
  }

  deinit {
    unsafe library.freeCode(program)
    unsafe program.deallocate()
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Why an expression cannot be used, in libpcap's own words.
public struct FilterRefusal: Error, Sendable, CustomStringConvertible {
  /// What libpcap said.
  public var reason: String
  /// Whether it is not the expression: this machine has no libpcap.
  public var isLibraryMissing = false
  /// What libpcap said.
  public var description: String { reason }
}
