// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.InterceptorProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README shows what a test runs. */
class ReadmeTest {

    @TempDir private Path scratch;

    @Test
    void theExampleReadsWhatWasPublished() throws IOException {
        String path = scratch.resolve("audit").resolve("events.jsonl").toString();
        // README
        EventBus bus =
                EventBus.builder("shop")
                        .discoverPlugins()
                        .plugin(InterceptorProvider.class, "audit-file", Map.of("path", path))
                        .build();
        // README end
        bus.publish("order.placed", 1);
        bus.publish("user.login", 2);
        bus.close();
        // README
        AuditLog log = AuditLog.at(Path.of(path), EventBus.builder("audit").eventFormat());
        // the newest first
        List<AuditEntry> orders = log.read(TopicPattern.parse("order.*"), null, 100);
        // README end
        assertThat(orders).hasSize(1);
        assertThat(orders.get(0).event().topic()).isEqualTo("order.placed");
    }

    @Test
    void theReadmeHasTheExample() throws IOException {
        String source =
                Files.readString(Path.of("src/test/java/dev/jitney/audit/file/ReadmeTest.java"));
        String readme = Files.readString(Path.of("README.md"));
        String[] parts = source.split("// README\n");
        assertThat(parts).hasSize(3);
        for (String part : List.of(parts[1], parts[2])) {
            String region = part.substring(0, part.indexOf("// README end"));
            assertThat(readme)
                    .contains("```java\n" + region.stripTrailing().stripIndent() + "\n```");
        }
    }
}
