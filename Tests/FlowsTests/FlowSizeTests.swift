import Flows
import Testing

@Suite struct FlowSizeTests {
  @Test func aFlowHasTheSizeThatItsDocumentationStates() { #expect(MemoryLayout<Flow>.stride == 168) }
}
