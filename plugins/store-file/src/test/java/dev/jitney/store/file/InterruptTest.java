// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.PluginConfig;
import dev.jitney.tck.TckContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java closes a channel under a thread that is interrupted; the store must not notice. */
class InterruptTest {

    @TempDir Path temp;

    @AfterEach
    void clear() {
        Thread.interrupted();
    }

    @Test
    @DisplayName(
            "STO-9 an interrupted thread uses every operation of the disk, and stays interrupted")
    void diskOperations() throws IOException {
        NioDisk disk = new NioDisk(temp);
        Thread.currentThread().interrupt();
        try (StoreFile file = disk.create("file")) {
            file.write(ByteBuffer.allocate(4096), 0);
            file.force();
            file.truncate(4000);
            file.write(ByteBuffer.allocate(96), 4000);
            assertThat(file.size()).isEqualTo(4096);
            assertThat(file.read(ByteBuffer.allocate(10), 0)).isEqualTo(10);
        }
        disk.forceFolder("");
        disk.rename("file", "other");
        Words words = disk.map("other", 4096, true);
        words.publish(7, 49);
        words.force();
        assertThat(disk.map("other", 4096, false).get(7)).isEqualTo(49);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    @DisplayName("STO-9 an interrupted thread makes a bus, appends over rolls and closes it")
    void wholeStore() {
        TckContext context = new TckContext();
        Thread.currentThread().interrupt();
        PluginConfig config =
                PluginConfig.of(
                        "store 'file'",
                        Map.of("location", temp.resolve("bus").toString(), "segment-size", "4k"),
                        context);
        try (EventStore store = new FileEventStoreProvider().create(config)) {
            for (int i = 0; i < 200; i++) {
                Event event =
                        Event.builder("a.b").source("test").payload("x".repeat(200) + i).build();
                Level level = i % 50 == 0 ? Level.DISK : Level.OS;
                long offset =
                        store.appendAndWait(List.of(event), level, Duration.ofSeconds(10)).value();
                assertThat(offset).isEqualTo(i);
            }
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThat(store.end().value()).isEqualTo(200);
        }
        assertThat(Thread.interrupted()).isTrue();
    }
}
