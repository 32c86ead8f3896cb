// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.util.List;

/** Does what another disk does: for tests that change some of it. */
class ForwardingDisk implements Disk {

    private final Disk real;

    ForwardingDisk(Disk real) {
        this.real = real;
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
    public FileIdentity identity(String name) throws IOException {
        return real.identity(name);
    }

    @Override
    public StoreFile open(String name, boolean writable) throws IOException {
        return real.open(name, writable);
    }

    @Override
    public StoreFile create(String name) throws IOException {
        return real.create(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        real.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        real.delete(name);
    }

    @Override
    public void forceFolder(String folder) throws IOException {
        real.forceFolder(folder);
    }

    @Override
    public Words map(String name, long bytes, boolean writable) throws IOException {
        return real.map(name, bytes, writable);
    }

    @Override
    public Words mapAll(String name, int unit, boolean writable) throws IOException {
        return real.mapAll(name, unit, writable);
    }
}
