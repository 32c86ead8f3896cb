// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bare file: one write for each event, and one force if asked; what no log can beat by itself.
 */
final class RawLog implements EventLog {

    private final Path file;
    private final FileChannel channel;
    private final boolean force;

    RawLog(Path folder, boolean force) throws IOException {
        Files.createDirectories(folder);
        file = folder.resolve("raw");
        channel = FileChannel.open(file, CREATE_NEW, READ, WRITE);
        this.force = force;
    }

    @Override
    public Writer writer() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(EncodedLine.LENGTH);
        return new Writer() {
            @Override
            public void write(byte[] event) throws IOException {
                buffer.clear().put(event).flip();
                channel.write(buffer);
                if (force) {
                    channel.force(false);
                }
            }

            @Override
            public void finish() {}
        };
    }

    @Override
    public long[] readBack() throws IOException {
        long count = 0;
        long sum = 0;
        byte[] event = new byte[EncodedLine.LENGTH];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            while (in.readNBytes(event, 0, event.length) == event.length) {
                sum += EncodedLine.numberIn(event, 0, event.length);
                count++;
            }
        }
        return new long[] {count, sum};
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
