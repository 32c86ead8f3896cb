// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Does what another disk does: for tests that change some of it. */
class ForwardingDisk implements Disk {

    private final Disk real;

    ForwardingDisk(Disk real) {
        this.real = real;
    }

    /**
     * Returns a file that can be read so often, and then is hit by an interrupt when its name is
     * gone, so that it cannot be opened again.
     */
    static StoreFile gone(StoreFile real, String name, int reads) {
        AtomicInteger left = new AtomicInteger(reads);
        return (StoreFile)
                Proxy.newProxyInstance(
                        StoreFile.class.getClassLoader(),
                        new Class<?>[] {StoreFile.class},
                        (self, method, arguments) -> {
                            if (method.getName().equals("read") && left.getAndDecrement() <= 0) {
                                throw new NoSuchFileException(name);
                            }
                            return method.invoke(real, arguments);
                        });
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
    public long writtenMillis(String name) throws IOException {
        return real.writtenMillis(name);
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
