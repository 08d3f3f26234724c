"""What the Java recipe needs to be compiled and run without JUnit and Testcontainers: a source by the name of its file.

A container is a server that runs already; its address is in two system properties. It prints how it is configured.
"""

_ANNOTATION = """
package {package};
import java.lang.annotation.*;
@Retention(RetentionPolicy.RUNTIME) public @interface {name} {{}}
"""
_CONTAINERS = "org/testcontainers/containers"
_WAIT = f"{_CONTAINERS}/wait/strategy"

SOURCES = {
    "org/junit/jupiter/api/Test.java": _ANNOTATION.format(package="org.junit.jupiter.api", name="Test"),
    "org/junit/jupiter/api/Assertions.java": """
package org.junit.jupiter.api;
public class Assertions {
    public static void assertEquals(int expected, int actual) {
        if (expected != actual) throw new AssertionError("expected " + expected + ", got " + actual);
    }
}
""",
    **{
        f"org/testcontainers/junit/jupiter/{name}.java": _ANNOTATION.format(
            package="org.testcontainers.junit.jupiter", name=name
        )
        for name in ("Container", "Testcontainers")
    },
    f"{_WAIT}/WaitStrategy.java": """
package org.testcontainers.containers.wait.strategy;
public interface WaitStrategy {}
""",
    f"{_WAIT}/HttpWaitStrategy.java": """
package org.testcontainers.containers.wait.strategy;
public class HttpWaitStrategy implements WaitStrategy {
    public HttpWaitStrategy forPort(int port) {
        System.out.println("ready at " + port);
        return this;
    }
}
""",
    f"{_WAIT}/Wait.java": """
package org.testcontainers.containers.wait.strategy;
public class Wait {
    public static HttpWaitStrategy forHttp(String path) {
        System.out.println("ready by " + path);
        return new HttpWaitStrategy();
    }
}
""",
    f"{_CONTAINERS}/GenericContainer.java": """
package org.testcontainers.containers;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
public class GenericContainer<SELF extends GenericContainer<SELF>> {
    public GenericContainer(String image) { print("image " + image); }
    @SuppressWarnings("unchecked") private SELF print(String line) { System.out.println(line); return (SELF) this; }
    public SELF withEnv(String name, String value) { return print(name + "=" + value); }
    public SELF withExposedPorts(Integer... ports) { return print("port " + ports[0]); }
    public SELF waitingFor(WaitStrategy strategy) { return print("waits"); }
    public String getHost() { return System.getProperty("host"); }
    public Integer getMappedPort(int port) { return Integer.getInteger("port"); }
}
""",
    "Main.java": """
public class Main {
    public static void main(String[] none) throws Exception { new ClientTest().activeUsersAreListed(); }
}
""",
}
