// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBus;
import dev.jitney.spi.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log has one writer, over all processes and whatever somebody else in this one tries. */
@Timeout(120)
class OneWriterTest {

    @TempDir private Path scratch;

    /** Another process that would write to the log, and says whether it may. */
    static final class Other {

        private Other() {}

        public static void main(String[] arguments) {
            try (EventBus bus = new Audited(Path.of(arguments[0])).builder().build()) {
                System.out.print(bus.name() + " writes");
            } catch (ConfigException e) {
                System.out.print("refused");
            }
        }
    }

    private String otherProcess() throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Other.class.getName(),
                                scratch.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("What is refused in this process takes the log from nobody, in no process")
    void refusalsKeepTheClaim() throws Exception {
        Audited audited = new Audited(scratch);
        try (EventBus bus = audited.builder().build()) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> audited.builder().build())
                        .isInstanceOf(ConfigException.class);
                assertThatThrownBy(() -> audited.log().clear()).isInstanceOf(IOException.class);
            }
            assertThat(otherProcess()).isEqualTo("refused");
            assertThat(bus.pluginProblems()).isEmpty();
        }
        assertThat(otherProcess()).isEqualTo("shop writes");
        audited.builder().build().close();
        assertThat(otherProcess()).isEqualTo("shop writes");
    }
}
