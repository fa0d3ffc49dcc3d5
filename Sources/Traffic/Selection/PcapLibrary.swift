import CPcap

/// libpcap, loaded at the first filter and then for as long as the process lives.
///
/// Unsafe: the functions are C pointers, found by name in a library that is never unloaded; their types come from its header.
@safe struct PcapLibrary: @unchecked Sendable {
  let openOffline: @convention(c) (UnsafeMutablePointer<FILE>?, UnsafeMutablePointer<CChar>?) -> OpaquePointer?
  let close: @convention(c) (OpaquePointer?) -> Void
  let lastError: @convention(c) (OpaquePointer?) -> UnsafeMutablePointer<CChar>?
  let compile: @convention(c) (OpaquePointer?, UnsafeMutablePointer<bpf_program>?, UnsafePointer<CChar>?, Int32, bpf_u_int32) -> Int32
  let freeCode: @convention(c) (UnsafeMutablePointer<bpf_program>?) -> Void
  let run: @convention(c) (UnsafePointer<bpf_program>?, UnsafePointer<pcap_pkthdr>?, UnsafePointer<UInt8>?) -> Int32

  /// The library; nil where this machine has none.
  static let loaded = load()

  private static func load() -> PcapLibrary? {
    var found = pcap_functions()
    guard unsafe pcap_functions_load(&found), let openOffline = unsafe found.fopen_offline, let close = unsafe found.close,
      let lastError = unsafe found.geterr, let compile = unsafe found.compile, let freeCode = unsafe found.freecode,
      let run = unsafe found.offline_filter
    else { return nil }
    return unsafe PcapLibrary(
      openOffline: openOffline, close: close, lastError: lastError, compile: compile, freeCode: freeCode, run: run)
  }
}
