// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.EventFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A log written slot by slot and byte by byte, so that a test can leave it in any state: damaged,
 * half written, with holes.
 */
final class TestLog {

    static final EventFormat FORMAT = TestFormats.wire();

    final Path directory;
    final StoreContext context;
    final Disk disk;
    private SegmentName tail = new SegmentName(0, 0);
    private Sidecar sidecar;
    private long position;
    private long offset;
    private long millis = 1_000;

    /**
     * Where a batch is.
     *
     * @param crc the checksum in its slot
     */
    record Batch(
            SegmentName segment, long position, int length, long offset, int events, int crc) {}

    TestLog(Path directory) throws IOException {
        this(directory, StoreConfig.DEFAULT_MAX_EVENT);
    }

    TestLog(Path directory, long maxEventBytes) throws IOException {
        this.directory = directory;
        StoreConfig config =
                new StoreConfig(
                        directory,
                        true,
                        "test",
                        StoreConfig.DEFAULT_SEGMENT,
                        maxEventBytes,
                        Duration.ofSeconds(1),
                        StoreConfig.RetentionRule.NONE,
                        false);
        this.disk = new NioDisk(directory);
        this.context =
                new StoreContext(
                        disk,
                        new BusDirectory(directory, "test", "id", 1, Instant.EPOCH),
                        config,
                        FORMAT,
                        InstantSource.system());
    }

    /** Returns the line of an event whose id, and nothing else, is its own. */
    static String line(String id) {
        return line(id, "test.event");
    }

    static String line(String id, String topic) {
        return "{\"id\":\""
                + id
                + "\",\"source\":\"test\",\"type\":\""
                + topic
                + "\",\"specversion\":\"1.0\",\"time\":\"2026-01-01T00:00:00Z\"}";
    }

    /** Appends a batch of events with these ids. */
    Batch events(String... ids) throws IOException {
        return lines(Arrays.stream(ids).map(TestLog::line).toArray(String[]::new));
    }

    /** Appends a batch of lines, whatever they are, with a checksum that fits. */
    Batch lines(String... lines) throws IOException {
        return bytes(lines.length, String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    Batch bytes(int events, byte[] text) throws IOException {
        Batch batch = write(events, text);
        commit(batch);
        return batch;
    }

    /** Writes a batch and does not commit it. */
    Batch write(int events, byte[] text) throws IOException {
        open();
        CRC32C crc = new CRC32C();
        crc.update(text);
        byte[] all = Arrays.copyOf(text, text.length + BatchMark.TRAILER);
        BatchMark.write((int) crc.getValue(), all, text.length);
        all[all.length - 1] = '\n';
        overwrite(tail, position, all);
        return new Batch(tail, position, all.length, offset, events, (int) crc.getValue());
    }

    /** Commits what {@link #write} has written. */
    void commit(Batch batch) throws IOException {
        sidecar.reserve();
        sidecar.publish(
                batch.position, batch.length, batch.crc, batch.events, batch.offset, millis);
        position += batch.length;
        offset += batch.events;
    }

    /** Gives the batches to come this time of storing. */
    TestLog at(long storedMillis) {
        millis = storedMillis;
        return this;
    }

    /** Leaves offsets out, as a purge does. */
    void skip(long events) {
        offset += events;
    }

    /** Seals the tail; the next batch begins a new segment. */
    SegmentName roll() throws IOException {
        open();
        sidecar.reserve();
        sidecar.seal(position, offset, millis);
        SegmentName sealed = tail;
        sidecar = null;
        return sealed;
    }

    /** Makes the tail segment if there is none. */
    void open() throws IOException {
        if (sidecar == null) {
            Files.createDirectories(directory.resolve(SegmentName.FOLDER));
            tail = new SegmentName(offset, 0);
            position = 0;
            sidecar = Sidecar.create(disk, tail);
            disk.create(tail.log()).close();
        }
    }

    /** Writes what follows into the next generation of a sealed segment; it is sealed as before. */
    void rewrite(SegmentName old, long endOffset, Rewrite rewrite) throws IOException {
        Sidecar oldSidecar = sidecar;
        SegmentName oldTail = tail;
        long oldPosition = position;
        long oldOffset = offset;
        tail = old.next();
        position = 0;
        offset = old.base();
        sidecar = Sidecar.create(disk, tail);
        disk.create(tail.log()).close();
        rewrite.write();
        sidecar.reserve();
        sidecar.seal(position, endOffset, millis);
        remove(old);
        sidecar = oldSidecar;
        tail = oldTail;
        position = oldPosition;
        offset = oldOffset;
    }

    /** Writes batches. */
    interface Rewrite {
        void write() throws IOException;
    }

    void remove(SegmentName name) throws IOException {
        disk.delete(name.log());
        disk.delete(name.sidecar());
    }

    /** Flips all bits of one byte of a log. */
    void flip(SegmentName name, long at) throws IOException {
        flip(name.log(), at);
    }

    void flip(String file, long at) throws IOException {
        try (StoreFile open = disk.open(file, true)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            open.read(one, at);
            one.put(0, (byte) ~one.get(0));
            open.write(one.rewind(), at);
        }
    }

    /** Makes the mark of a batch, still one, that of another checksum. */
    void breakMark(Batch batch) throws IOException {
        byte[] mark = new byte[BatchMark.LENGTH];
        BatchMark.write(~batch.crc, mark, 0);
        overwrite(batch.segment, batch.position + batch.length - BatchMark.TRAILER, mark);
    }

    void overwrite(SegmentName name, long at, byte[] bytes) throws IOException {
        try (StoreFile log = disk.open(name.log(), true)) {
            log.write(ByteBuffer.wrap(bytes), at);
        }
    }

    void truncate(String file, long size) throws IOException {
        try (StoreFile open = disk.open(file, true)) {
            open.truncate(size);
        }
    }

    /** Replaces a log by a text, as an editor does. */
    void edit(SegmentName name, String text) throws IOException {
        Files.writeString(
                directory.resolve(name.log()), text, StandardOpenOption.TRUNCATE_EXISTING);
    }

    String text(SegmentName name) throws IOException {
        return Files.readString(directory.resolve(name.log()));
    }

    /** Flips a byte of the slot of a region. */
    void damageSlot(SegmentName name, int region) throws IOException {
        flip(name.sidecar(), (region + 1L) * Sidecar.SLOT + 5);
    }

    SegmentName tail() {
        return tail;
    }

    long endOffset() {
        return offset;
    }
}
