// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.file.ReadOnlyFileSystemException;

/** A disk on which nothing can be changed, as the system says it. */
final class ReadOnlyDisk extends ForwardingDisk {

    ReadOnlyDisk(Disk real) {
        super(real);
    }

    private static IOException refused() {
        return new IOException("Read-only file system", new ReadOnlyFileSystemException());
    }

    private static void check(boolean writable) throws IOException {
        if (writable) {
            throw refused();
        }
    }

    @Override
    public StoreFile open(String name, boolean writable) throws IOException {
        check(writable);
        return super.open(name, false);
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
        check(writable);
        return super.map(name, bytes, false);
    }

    @Override
    public Words mapAll(String name, int unit, boolean writable) throws IOException {
        check(writable);
        return super.mapAll(name, unit, false);
    }
}
