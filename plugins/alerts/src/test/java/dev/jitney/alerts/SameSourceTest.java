// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No plugin depends on another, so two have two small classes twice: a repair must reach both. */
class SameSourceTest {

    @ParameterizedTest
    @ValueSource(strings = {"LineFile", "LogLock"})
    void isThatOfTheDeadLetterSink(String type) throws IOException {
        Path ours = Path.of("src/main/java/dev/jitney/alerts", type + ".java");
        Path theirs =
                Path.of("../deadletter-file/src/main/java/dev/jitney/deadletter/file")
                        .resolve(type + ".java");
        assertThat(Files.readString(ours))
                .isEqualTo(
                        Files.readString(theirs)
                                .replace("dev.jitney.deadletter.file", "dev.jitney.alerts"));
    }
}
