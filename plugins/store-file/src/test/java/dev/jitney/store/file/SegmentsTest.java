// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentsTest {

    @TempDir Path directory;

    @Test
    @DisplayName(
            "STO-6 a segment that a purge replaces while a large folder is listed is not missed")
    void replacedWhileListed() throws IOException {
        TestLog log = new TestLog(directory);
        SegmentName replaced = new SegmentName(0, 0);
        for (int i = 0; i < 100; i++) {
            log.events("e" + i);
            SegmentName sealed = log.roll();
            replaced = i == 50 ? sealed : replaced;
        }
        log.rewrite(replaced, replaced.base() + 1, () -> log.events("again"));

        List<SegmentName> whole = Segments.list(log.disk);
        assertThat(whole).hasSize(100).contains(replaced.next());
        assertThat(Segments.list(missingAtFirst(log.disk, replaced.next().log()))).isEqualTo(whole);
    }

    /** As the system lists when a name goes where it has not looked yet, to where it has. */
    private static Disk missingAtFirst(Disk disk, String path) {
        String name = Path.of(path).getFileName().toString();
        return new ForwardingDisk(disk) {
            private boolean looked;

            @Override
            public List<String> list(String folder) throws IOException {
                List<String> names = new ArrayList<>(super.list(folder));
                if (!looked) {
                    looked = true;
                    names.remove(name);
                }
                return names;
            }
        };
    }
}
