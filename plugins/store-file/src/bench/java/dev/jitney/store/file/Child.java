// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM with our class path, spoken to by lines. */
final class Child implements Closeable {

    private final Process process;
    private final BufferedReader out;
    private final PrintStream in;

    private Child(Process process) {
        this.process = process;
        this.out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    static Child start(Class<?> main, String... args) throws IOException {
        return start(List.of("-Xmx512m"), main, args);
    }

    static Child start(List<String> jvmArgs, Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        // What Chronicle Queue asks for comes along.
        for (String own : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (own.startsWith("--add-") || own.startsWith("--enable-")) {
                command.add(own);
            }
        }
        command.addAll(jvmArgs);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(args));
        return new Child(
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Waits for a line that begins with a word and returns it. */
    String expect(String word) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(word)) {
                return line;
            }
        }
        throw new IOException("a child of the benchmark has ended before it said '" + word + "'");
    }

    void say(String line) {
        in.println(line);
    }

    long pid() {
        return process.pid();
    }

    /** Waits for the end, which must be a good one. */
    void finish() throws IOException, InterruptedException {
        in.close();
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException("a child of the benchmark did not end well");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
