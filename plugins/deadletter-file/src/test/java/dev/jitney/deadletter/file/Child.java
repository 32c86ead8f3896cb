// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another JVM: what it prints is read line by line, and it can be killed. */
final class Child implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;

    private Child(Process process) {
        this.process = process;
        this.out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts it.
     *
     * @param runner a command that is to run it; empty for none
     */
    static Child start(List<String> runner, Class<?> main, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(runner);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        command.add(
                "-Djava.util.logging.config.file="
                        + System.getProperty("java.util.logging.config.file"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        return new Child(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Returns the next line, or null when it has ended. */
    @Nullable String line() {
        try {
            return out.readLine();
        } catch (IOException e) {
            return null; // it was killed within a line, which was not said then
        }
    }

    /** Returns the rest of what it says. */
    List<String> lines() {
        List<String> all = new ArrayList<>();
        for (String line = line(); line != null; line = line()) {
            all.add(line);
        }
        return all;
    }

    /** Sends SIGKILL; what it had said can still be read. */
    void kill() {
        // The process's own method would close its output, too.
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
