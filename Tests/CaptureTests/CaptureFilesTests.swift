import Capture
import TestSupport
import Testing

@Suite struct CaptureFilesTests {
  @Test func aRotatedSetComesInTheOrderOfItsNumbers() throws {
    let scratch = try Scratch()
    let names = ["a.pcap", "a.pcap1", "a.pcap2", "a.pcap9", "a.pcap10", "a.pcap11", "b.pcap"]
    for name in names.reversed() { _ = try scratch.write(name, []) }
    _ = try scratch.write(".hidden", [])
    let (files, isFolder) = try CaptureFiles.expand(scratch.path(""))
    #expect(isFolder)
    #expect(files.map { String($0.split(separator: "/").last ?? "") } == names)
  }
}
