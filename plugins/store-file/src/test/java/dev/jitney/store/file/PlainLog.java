// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.LineBuffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A log in memory under a committer, with doors at which a test can hold up its steps. */
final class PlainLog implements LogStore {

    /** What a test does at a step. */
    interface Door {
        Door OPEN = () -> {};

        void pass() throws IOException;
    }

    private static final int KEPT = 40;

    private final List<String> lines = new ArrayList<>();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong durable = new AtomicLong();
    volatile Door writing = Door.OPEN;
    volatile Door forcing = Door.OPEN;
    volatile Runnable afterWrite = () -> {};
    volatile boolean heldElsewhere;

    @Override
    public long write(LineBuffer batch, int crc, int events) throws IOException {
        writing.pass();
        String text =
                new String(
                        batch.array(),
                        0,
                        batch.length() - BatchMark.TRAILER,
                        StandardCharsets.UTF_8);
        synchronized (lines) {
            for (String line : text.split("\n")) {
                lines.add(line.length() > KEPT ? line.substring(0, KEPT) : line);
            }
        }
        return written.getAndAdd(events);
    }

    @Override
    public long force() throws IOException {
        long end = written.get();
        forcing.pass();
        durable.accumulateAndGet(end, Math::max);
        return durable.get();
    }

    @Override
    public boolean isHeldElsewhere() {
        return heldElsewhere;
    }

    @Override
    public long durable() {
        return durable.get();
    }

    @Override
    public void afterWrite() {
        afterWrite.run();
    }

    @Override
    public String name() {
        return "plain";
    }

    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }
}
