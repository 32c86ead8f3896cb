// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Several sources of topics as one: the counts of a topic that more than one has are added up.
 * Takes as much memory as its sources do. Closing it closes them.
 */
final class TopicMerge implements TopicSource {

    private final Collection<? extends TopicSource> all;
    private final PriorityQueue<TopicSource> heads;
    private final byte[] name = new byte[TopicPage.MOST_NAME + 1];
    private int nameLength;
    private long events;
    private long bytes;
    private long lastMillis;

    TopicMerge(List<? extends TopicSource> sources) throws IOException {
        all = List.copyOf(sources);
        heads = new PriorityQueue<>(Math.max(1, sources.size()), TopicMerge::compare);
        for (TopicSource source : sources) {
            if (source.advance()) {
                heads.add(source);
            }
        }
    }

    static int compare(TopicSource a, TopicSource b) {
        return Arrays.compareUnsigned(a.name(), 0, a.nameLength(), b.name(), 0, b.nameLength());
    }

    @Override
    public boolean advance() throws IOException {
        TopicSource first = heads.poll();
        if (first == null) {
            return false;
        }
        nameLength = first.nameLength();
        System.arraycopy(first.name(), 0, name, 0, nameLength);
        events = 0;
        bytes = 0;
        lastMillis = Long.MIN_VALUE;
        TopicSource next = first;
        while (next != null && isCurrent(next)) {
            if (next != first) {
                heads.poll();
            }
            events += next.events();
            bytes += next.bytes();
            lastMillis = Math.max(lastMillis, next.lastMillis());
            if (next.advance()) {
                heads.add(next);
            }
            next = heads.peek();
        }
        return true;
    }

    private boolean isCurrent(TopicSource source) {
        return Arrays.equals(source.name(), 0, source.nameLength(), name, 0, nameLength);
    }

    @Override
    public byte[] name() {
        return name;
    }

    @Override
    public int nameLength() {
        return nameLength;
    }

    @Override
    public long events() {
        return events;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public long lastMillis() {
        return lastMillis;
    }

    @Override
    public void close() throws IOException {
        Closing closing = new Closing();
        for (TopicSource source : all) {
            closing.close(source);
        }
        closing.end();
    }
}
