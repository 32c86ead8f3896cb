// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentViewTest {

    @TempDir Path directory;
    private TestLog log;

    @BeforeEach
    void begin() throws IOException {
        log = new TestLog(directory);
    }

    @Test
    @DisplayName("STO-1 a region is a batch, with its place, offsets and time")
    void regions() throws IOException {
        TestLog.Batch first = log.at(7).events("a", "b");
        log.skip(3);
        TestLog.Batch second = log.at(9).events("c");
        try (SegmentView view = view()) {
            assertThat(view.verifiable()).isTrue();
            assertThat(view.sealed()).isFalse();
            assertThat(view.regions()).isEqualTo(2);
            assertThat(view.position(1)).isEqualTo(second.position()).isEqualTo(first.length());
            assertThat(view.length(1)).isEqualTo(second.length());
            assertThat(view.firstOffset(1)).isEqualTo(5);
            assertThat(view.events(1)).isEqualTo(1);
            assertThat(view.storedMillis(0)).isEqualTo(7);
            assertThat(view.storedMillis(1)).isEqualTo(9);
            assertThat(view.startOffset()).isZero();
            assertThat(view.endOffset()).isEqualTo(6);
            assertThat(view.endPosition()).isEqualTo(first.length() + second.length());
            assertThat(view.crcOk(0) && view.crcOk(1)).isTrue();
            assertThat(view.damagedSlots()).isZero();
        }
    }

    @Test
    @DisplayName("STO-3, STO-11 a region is found by offset and by time, also between them")
    void lookup() throws IOException {
        for (int i = 0; i < 100; i++) {
            log.at(1_000 + i / 2 * 10L).events("a", "b");
            log.skip(1);
        }
        try (SegmentView view = view()) {
            for (int i = 0; i < 100; i++) {
                assertThat(view.regionOfOffset(3L * i)).isEqualTo(i);
                assertThat(view.regionOfOffset(3L * i + 1)).isEqualTo(i);
                assertThat(view.regionOfOffset(3L * i + 2)).isEqualTo(i + 1);
                assertThat(view.regionOfTime(1_000 + i * 10L)).isEqualTo(Math.min(100, 2 * i));
                assertThat(view.regionOfTime(1_000 + i * 10L - 1)).isEqualTo(Math.min(100, 2 * i));
            }
            assertThat(view.regionOfOffset(1_000)).isEqualTo(100);
        }
    }

    @Test
    @DisplayName("STO-4 a view grows with its segment up to the seal")
    void refresh() throws IOException {
        log.open();
        try (SegmentView view = view()) {
            assertThat(view.regions()).isZero();
            assertThat(view.refresh()).isFalse();
            for (int i = 0; i < 3_000; i++) {
                log.events("a");
            }
            assertThat(view.refresh()).isTrue();
            assertThat(view.regions()).isEqualTo(3_000);
            assertThat(view.refresh()).isFalse();
            log.skip(2);
            log.roll();
            assertThat(view.refresh()).isTrue();
            assertThat(view.sealed()).isTrue();
            assertThat(view.regions()).isEqualTo(3_000);
            assertThat(view.endOffset()).isEqualTo(3_002);
        }
    }

    @Test
    @DisplayName("STO-4 a segment whose files are just being made is empty, and no error")
    void beingMade() throws IOException {
        log.open();
        Files.delete(directory.resolve(log.tail().sidecar()));
        try (SegmentView view = view()) {
            assertThat(view.verifiable()).isTrue();
            assertThat(view.regions()).isZero();
            assertThat(view.endOffset()).isZero();
            log.disk.create(log.tail().sidecar()).close();
            assertThat(view.refresh()).isFalse();
            Sidecar made = Sidecar.create(log.disk, log.tail());
            TestLog.Batch batch = log.write(1, TestLog.line("a").getBytes());
            made.publish(0, batch.length(), batch.crc(), 1, 0, 5);
            assertThat(view.refresh()).isTrue();
            assertThat(view.regions()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "STO-8 a changed byte changes the answer on the checksum, whatever the batch's size")
    void checksums() throws IOException {
        log.lines(TestLog.line("a"));
        log.lines(TestLog.line("x".repeat(300_000)));
        try (SegmentView view = view()) {
            for (int region = 0; region < 2; region++) {
                long[] places = {
                    0,
                    10,
                    view.length(region) - 34,
                    view.length(region) - 20,
                    view.length(region) - 1
                };
                for (long place : places) {
                    long at = view.position(region) + place;
                    log.flip(log.tail(), at);
                    assertThat(view.crcOk(region)).as("region %d byte %d", region, place).isFalse();
                    log.flip(log.tail(), at);
                    assertThat(view.crcOk(region)).isTrue();
                }
            }
        }
    }

    @Test
    @DisplayName("STO-8 a damaged commit record is counted and replaced")
    void damagedSlots() throws IOException {
        for (int i = 0; i < 9; i++) {
            log.at(i).events("a", "b");
        }
        long[] before = places();
        for (int slot : new int[] {0, 3, 4, 8}) {
            log.damageSlot(log.tail(), slot);
        }
        assertThat(places()).isEqualTo(before);
        try (SegmentView view = view()) {
            assertThat(view.damagedSlots()).isEqualTo(4);
            assertThat(view.slotDamaged(3)).isTrue();
            assertThat(view.slotDamaged(2)).isFalse();
            assertThat(view.crcOk(3)).isTrue();
            log.flip(log.tail(), view.position(3) + 2);
        }
        try (SegmentView view = view()) {
            assertThat(view.crcOk(3)).isFalse();
            assertThat(view.crcOk(2)).isTrue();
        }
    }

    @Test
    @DisplayName("STO-8 other contents have another fingerprint")
    void fingerprint() throws IOException {
        log.events("a");
        SegmentName name = log.roll();
        long first;
        try (SegmentView view = SegmentView.open(log.disk, name)) {
            first = view.fingerprint();
        }
        try (SegmentView view = SegmentView.open(log.disk, name)) {
            assertThat(view.fingerprint()).isEqualTo(first);
        }
        log.rewrite(name, 1, () -> log.events("b"));
        try (SegmentView view = SegmentView.open(log.disk, name.next())) {
            assertThat(view.fingerprint()).isNotEqualTo(first);
        }
    }

    @Test
    @DisplayName(
            "STO-4 a segment that was removed, or whose commit records went with a purge, is gone")
    void gone() throws IOException {
        log.events("a");
        SegmentName name = log.roll();
        log.disk.delete(name.sidecar());
        SegmentName next = name.next();
        Sidecar.create(log.disk, next);
        log.disk.create(next.log()).close();
        assertThatThrownBy(() -> SegmentView.open(log.disk, name))
                .isInstanceOf(NoSuchFileException.class);
        log.disk.delete(name.log());
        assertThatThrownBy(() -> SegmentView.open(log.disk, name))
                .isInstanceOf(NoSuchFileException.class);
    }

    private long[] places() throws IOException {
        try (SegmentView view = view()) {
            long[] all = new long[4 * view.regions()];
            for (int i = 0; i < view.regions(); i++) {
                all[4 * i] = view.position(i);
                all[4 * i + 1] = view.length(i);
                all[4 * i + 2] = view.firstOffset(i);
                all[4 * i + 3] = view.events(i);
            }
            return all;
        }
    }

    private SegmentView view() throws IOException {
        return SegmentView.open(log.disk, log.tail());
    }
}
