// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.List;

/** A disk on which nothing can be changed, as the system says it. */
record ReadOnlyDisk(Disk real) implements Disk {

    private static IOException refused() {
        return new IOException("Read-only file system", new ReadOnlyFileSystemException());
    }

    @Override
    public List<String> list(String folder) throws IOException {
        return real.list(folder);
    }

    @Override
    public boolean exists(String name) {
        return real.exists(name);
    }

    @Override
    public StoreFile open(String name, boolean writable) throws IOException {
        if (writable) {
            throw refused();
        }
        return real.open(name, false);
    }

    @Override
    public StoreFile create(String name) throws IOException {
        throw refused();
    }

    @Override
    public void rename(String from, String to) throws IOException {
        throw refused();
    }

    @Override
    public void delete(String name) throws IOException {
        throw refused();
    }

    @Override
    public void forceFolder(String folder) throws IOException {
        throw refused();
    }

    @Override
    public Words map(String name, long bytes, boolean writable) throws IOException {
        if (writable) {
            throw refused();
        }
        return real.map(name, bytes, false);
    }

    @Override
    public Words mapAll(String name, int unit, boolean writable) throws IOException {
        if (writable) {
            throw refused();
        }
        return real.mapAll(name, unit, false);
    }
}
