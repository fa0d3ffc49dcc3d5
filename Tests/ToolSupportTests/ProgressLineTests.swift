import Testing

@testable import ToolSupport

@Suite struct ProgressLineTests {
  @Test func theLineShowsABarBytesRateAndTheTimeLeft() {
    let text = ProgressLine.text(label: "flowagg", bytes: 512 << 20, of: 1 << 30, seconds: 2)
    #expect(text == "flowagg [==========          ] 50 %, 512.0 MiB of 1.0 GiB, 256.0 MiB/s, 2 s left")
    #expect(text.count <= 80)
  }

  @Test func withoutASizeItShowsBytesAndRate() {
    #expect(ProgressLine.text(label: "flowagg", bytes: 2048, of: nil, seconds: 1) == "flowagg: 2.0 KiB, 2.0 KiB/s")
  }

  @Test func anInputThatGrewIsFullAndNotBeyond() {
    #expect(ProgressLine.text(label: "x", bytes: 300, of: 100, seconds: 1).contains("[====================] 100 %"))
  }
}
