// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes segments as the store does, without its locks and threads: for tests of what reads them.
 */
final class TestWriter implements LockedLog {

    private final StoreContext context;
    private SegmentName tail = new SegmentName(0, 0);
    private long end;
    private long bytes;
    private Sidecar sidecar;
    private long stored;

    TestWriter(StoreContext context) {
        this.context = context;
        try {
            context.directory().makeFolders();
            Purges.recover(context.disk());
            List<SegmentName> all = Segments.list(context.disk());
            if (all.isEmpty()) {
                begin();
            } else {
                tail = all.get(all.size() - 1);
                try (SegmentView view = SegmentView.open(context.disk(), tail)) {
                    end = view.endOffset();
                    bytes = view.endPosition();
                }
                sidecar = Sidecar.open(context.disk(), tail, true);
                if (sidecar.sealed()) {
                    begin(); // killed at the roll
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives the batches to come a time of storing; without it the clock does. */
    TestWriter storedAt(Instant time) {
        stored = time.toEpochMilli();
        return this;
    }

    /** Appends events as one batch and returns the offset of the last. */
    long append(Event... events) {
        return appendLines(
                Arrays.stream(events)
                        .map(e -> new String(context.format().encode(e), StandardCharsets.UTF_8))
                        .toArray(String[]::new));
    }

    /** Appends lines as one batch, whatever they are, and returns the offset of the last. */
    long appendLines(String... lines) {
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        byte[] batch = Arrays.copyOf(text, text.length + BatchMark.TRAILER);
        CRC32C crc = new CRC32C();
        crc.update(text);
        BatchMark.write((int) crc.getValue(), batch, text.length);
        batch[batch.length - 1] = '\n';
        try (StoreFile log = context.disk().open(tail.log(), true)) {
            log.write(ByteBuffer.wrap(batch), bytes);
            sidecar.reserve();
            sidecar.publish(bytes, batch.length, (int) crc.getValue(), lines.length, end, now());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        bytes += batch.length;
        end += lines.length;
        return end - 1;
    }

    long end() {
        return end;
    }

    SegmentName tail() {
        return tail;
    }

    private long now() {
        return stored != 0 ? stored : context.clock().millis();
    }

    private void begin() throws IOException {
        tail = new SegmentName(end, 0);
        sidecar = Sidecar.create(context.disk(), tail);
        context.disk().create(tail.log()).close();
        bytes = 0;
    }

    /** Forces all there is, as if every append had been awaited on disk. */
    TestWriter force() throws IOException {
        for (SegmentName name : Segments.list(context.disk())) {
            for (String path : List.of(name.log(), name.sidecar())) {
                try (StoreFile file = context.disk().open(path, true)) {
                    file.force();
                }
            }
        }
        context.disk().forceFolder(SegmentName.FOLDER);
        return this;
    }

    @Override
    public <T> T underLock(Action<T> action) throws IOException {
        return action.run();
    }

    @Override
    public void roll() {
        if (bytes == 0) {
            return;
        }
        try {
            sidecar.reserve();
            sidecar.seal(bytes, end, now());
            begin();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<SegmentName> sealedSegments() throws IOException {
        List<SegmentName> all = new ArrayList<>(Segments.list(context.disk()));
        all.remove(tail);
        return all;
    }
}
