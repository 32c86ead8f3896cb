// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A disk with a page cache that can lose power. What is written goes to the cache; of what was not
 * forced, any sector of 512 bytes may be on the device in its old state, in its new one, or in one
 * it had in between (the system writes back when it likes). Of the folders' entries that were not
 * forced a prefix of the changes survives, as on a journalling file system. Files may be shorter
 * than they were, or longer with zeroes.
 *
 * <p>A {@link Fault} can strike at any step.
 */
final class SimulatedDisk implements Disk {

    private static final int SECTOR = 512;

    /** What happens at a step. */
    enum Fault {
        /** The machine stops: this step may be done in part, no later one is done. */
        POWER_LOSS,
        /** A force fails; other steps do not. */
        FORCE_FAILS,
        /** From this step on nothing can become longer. */
        DISK_FULL,
        /** The process dies between two steps; the cache lives on. */
        KILL
    }

    /** Thrown at and after the step at which the machine or the process stops. */
    static final class Stopped extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final class Node {
        byte[] cache = new byte[0];
        int size;
        byte[] device = new byte[0];
        int deviceSize;

        void resize(int newSize) {
            if (newSize > cache.length) {
                cache = Arrays.copyOf(cache, Math.max(newSize, cache.length * 2));
            } else if (newSize < size) {
                Arrays.fill(cache, newSize, size, (byte) 0);
            }
            size = newSize;
        }

        void persistSector(int sector) {
            int from = sector * SECTOR;
            int to = Math.min(from + SECTOR, size);
            if (to > device.length) {
                device = Arrays.copyOf(device, Math.max(to, device.length * 2));
            }
            if (from < to) {
                System.arraycopy(cache, from, device, from, to - from);
                deviceSize = Math.max(deviceSize, to);
            }
        }

        void force() {
            device = Arrays.copyOf(cache, size);
            deviceSize = size;
        }
    }

    private interface EntryChange {
        void apply(Map<String, Node> entries);
    }

    private final Random random;
    private Map<String, Node> entries = new LinkedHashMap<>();
    private final Map<String, Node> deviceEntries = new LinkedHashMap<>();
    private final List<EntryChange> unforcedChanges = new ArrayList<>();
    private @Nullable Fault fault;
    private int faultAt = -1;
    private int steps;
    private boolean stopped;
    private boolean full;
    private int forces;

    SimulatedDisk(long seed) {
        random = new Random(seed);
    }

    void strike(Fault what, int atStep) {
        fault = what;
        faultAt = atStep;
    }

    int steps() {
        return steps;
    }

    int forces() {
        return forces;
    }

    /** Returns the disk as it is found when the machine is started again. */
    SimulatedDisk afterPowerLoss() {
        SimulatedDisk next = new SimulatedDisk(random.nextLong());
        Map<String, Node> names = new LinkedHashMap<>(deviceEntries);
        int survive = random.nextInt(unforcedChanges.size() + 1);
        for (EntryChange change : unforcedChanges.subList(0, survive)) {
            change.apply(names);
        }
        Map<Node, Node> copies = new java.util.IdentityHashMap<>();
        names.forEach((name, node) -> next.put(name, copies.computeIfAbsent(node, this::survivor)));
        next.forgetBoot();
        return next;
    }

    /** Returns the disk as another process finds it after this one was killed. */
    SimulatedDisk afterKill() {
        SimulatedDisk next = new SimulatedDisk(random.nextLong());
        next.entries = entries;
        next.deviceEntries.putAll(deviceEntries);
        next.unforcedChanges.addAll(unforcedChanges);
        return next;
    }

    private void put(String name, Node node) {
        entries.put(name, node);
        deviceEntries.put(name, node);
    }

    private Node survivor(Node node) {
        Node copy = new Node();
        int least = Math.min(node.deviceSize, node.size);
        int most = Math.max(node.deviceSize, node.size);
        copy.resize(least + (most > least ? random.nextInt(most - least + 1) : 0));
        for (int from = 0; from < copy.size; from += SECTOR) {
            boolean newState = random.nextBoolean();
            byte[] state = newState ? node.cache : node.device;
            int to = Math.min(Math.min(from + SECTOR, copy.size), state.length);
            if (from < to) {
                System.arraycopy(state, from, copy.cache, from, to - from);
            }
        }
        copy.force();
        return copy;
    }

    /** The machine was started again: what the state file says of the boot is of another one. */
    private void forgetBoot() {
        Node state = entries.get(SharedState.FILE);
        if (state != null && state.size >= 16) {
            Arrays.fill(state.cache, 8, 16, (byte) 0);
            state.force();
        }
    }

    // ---- steps ----------------------------------------------------------------------------------

    private synchronized void step() {
        if (stopped) {
            throw new Stopped();
        }
        if (random.nextInt(8) == 0) {
            writeBack();
        }
        if (steps++ == faultAt) {
            if (fault == Fault.DISK_FULL) {
                full = true;
            } else if (fault == Fault.POWER_LOSS || fault == Fault.KILL) {
                stopped = true;
                throw new Stopped();
            }
        }
    }

    private void writeBack() {
        for (Node node : entries.values()) {
            int sectors = (node.size + SECTOR - 1) / SECTOR;
            if (sectors > 0 && random.nextBoolean()) {
                node.persistSector(random.nextInt(sectors));
            }
        }
    }

    private boolean strikesNow(Fault what) {
        return fault == what && steps - 1 == faultAt;
    }

    private void change(EntryChange change) {
        change.apply(entries);
        unforcedChanges.add(change);
    }

    private Node node(String name) throws NoSuchFileException {
        Node node = entries.get(name);
        if (node == null) {
            throw new NoSuchFileException(name);
        }
        return node;
    }

    // ---- Disk -----------------------------------------------------------------------------------

    @Override
    public synchronized List<String> list(String folder) {
        List<String> names = new ArrayList<>();
        for (String name : entries.keySet()) {
            if (name.startsWith(folder + "/")) {
                names.add(name.substring(folder.length() + 1));
            }
        }
        return names;
    }

    @Override
    public synchronized boolean exists(String name) {
        return entries.containsKey(name);
    }

    @Override
    public synchronized StoreFile open(String name, boolean writable) throws IOException {
        return new SimulatedFile(node(name));
    }

    @Override
    public synchronized StoreFile create(String name) {
        step();
        Node node = entries.get(name);
        if (node != null) {
            node.resize(0);
        } else {
            Node made = new Node();
            change(names -> names.put(name, made));
            node = made;
        }
        return new SimulatedFile(node);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        step();
        Node node = node(from);
        change(
                names -> {
                    names.remove(from);
                    names.put(to, node);
                });
    }

    @Override
    public synchronized void delete(String name) {
        step();
        change(names -> names.remove(name));
    }

    @Override
    public synchronized void forceFolder(String folder) throws IOException {
        step();
        forces++;
        if (strikesNow(Fault.FORCE_FAILS)) {
            throw new IOException("Input/output error");
        }
        for (EntryChange change : unforcedChanges) {
            change.apply(deviceEntries);
        }
        unforcedChanges.clear();
    }

    @Override
    public synchronized Words map(String name, long bytes, boolean writable) throws IOException {
        Node node = node(name);
        if (node.size < bytes) {
            throw new IOException(name + " is shorter than what is to be mapped");
        }
        return new SimulatedWords(node, (int) bytes);
    }

    @Override
    public synchronized Words mapAll(String name, int unit, boolean writable) throws IOException {
        return map(name, node(name).size / unit * unit, writable);
    }

    private final class SimulatedFile implements StoreFile {

        private final Node node;
        private boolean closed;

        SimulatedFile(Node node) {
            this.node = node;
        }

        private void check() throws IOException {
            if (closed) {
                throw new ClosedChannelException();
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            synchronized (SimulatedDisk.this) {
                check();
                int n = (int) Math.max(0, Math.min(into.remaining(), node.size - position));
                into.put(node.cache, (int) position, n);
                return n;
            }
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            synchronized (SimulatedDisk.this) {
                check();
                int length = from.remaining();
                try {
                    step();
                } catch (Stopped e) {
                    put(from, position, random.nextInt(length + 1)); // torn
                    throw e;
                }
                if (full && position + length > node.size) {
                    put(from, position, random.nextInt(length));
                    throw new IOException("No space left on device");
                }
                put(from, position, length);
            }
        }

        private void put(ByteBuffer from, long position, int length) {
            int end = (int) position + length;
            if (end > node.size) {
                node.resize(end);
            }
            from.get(node.cache, (int) position, length);
        }

        @Override
        public long size() throws IOException {
            synchronized (SimulatedDisk.this) {
                check();
                return node.size;
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (SimulatedDisk.this) {
                check();
                step();
                if (size < node.size) {
                    node.resize((int) size);
                }
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (SimulatedDisk.this) {
                check();
                step();
                forces++;
                if (strikesNow(Fault.FORCE_FAILS)) {
                    throw new IOException("Input/output error");
                }
                node.force();
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final class SimulatedWords implements Words {

        private final Node node;
        private final int bytes;

        SimulatedWords(Node node, int bytes) {
            this.node = node;
            this.bytes = bytes;
        }

        private ByteBuffer view() {
            return ByteBuffer.wrap(node.cache).order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public int count() {
            return bytes / 8;
        }

        @Override
        public long get(int index) {
            synchronized (SimulatedDisk.this) {
                return view().getLong(index * 8);
            }
        }

        @Override
        public void set(int index, long value) {
            synchronized (SimulatedDisk.this) {
                step();
                view().putLong(index * 8, value);
            }
        }

        @Override
        public void publish(int index, long value) {
            set(index, value);
        }

        @Override
        public boolean compareAndSet(int index, long expected, long value) {
            synchronized (SimulatedDisk.this) {
                step();
                boolean same = view().getLong(index * 8) == expected;
                if (same) {
                    view().putLong(index * 8, value);
                }
                return same;
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (SimulatedDisk.this) {
                step();
                forces++;
                if (strikesNow(Fault.FORCE_FAILS)) {
                    throw new IOException("Input/output error");
                }
                node.force();
            }
        }
    }
}
