// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README shows what a test runs. */
class ReadmeTest {

    @Test
    void theExampleIsOneThatATestRuns() throws IOException {
        String source =
                Files.readString(
                        Path.of(
                                "src/test/java/dev/jitney/deadletter/file/DeadLettersOfABusTest.java"));
        String region =
                source.substring(
                        source.indexOf("// README\n") + "// README\n".length(),
                        source.indexOf("// README end"));
        assertThat(Files.readString(Path.of("README.md")))
                .contains("```java\n" + region.stripTrailing().stripIndent() + "\n```");
    }
}
