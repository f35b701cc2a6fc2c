# syntax=docker/dockerfile:1
# Two images from one build: coordinator (without the training libraries) and agent (with them).
#   docker build --target coordinator -t tributary/coordinator .
#   docker build --target agent       -t tributary/agent .
#   docker build --target agent-gpu --build-arg MAVEN_PROFILES=gpu -t tributary/agent-gpu .     for NVIDIA GPUs

FROM maven:3.9-eclipse-temurin-17 AS build
# gpu for the target agent-gpu: libtorch with CUDA.
ARG MAVEN_PROFILES=release
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -q -P "!quality,release,${MAVEN_PROFILES}" -DskipTests -pl cli -am package \
    && mv cli/target/tributary-*-release/tributary-* /release \
    && mkdir /training \
    && mv /release/lib/pytorch-* /release/lib/tokenizers-* /release/lib/langchain4j-embeddings-* /training/

FROM eclipse-temurin:17-jre AS base
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# curl asks the health endpoint; libgomp is what libtorch and OpenBLAS need.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 tributary \
    && useradd --system --uid 10001 --gid tributary --home-dir /var/lib/tributary --shell /usr/sbin/nologin tributary \
    && install -d -o tributary -g tributary -m 0750 /var/lib/tributary
# Third-party jars change seldom, ours with every build: two layers.
COPY --from=build /release/lib /opt/tributary/lib
COPY --from=build /release/app /opt/tributary/app
COPY --from=build /release/bin /opt/tributary/bin
COPY --from=build /release/LICENSE /release/NOTICE /opt/tributary/
ENV OPT_OUT_TRACKING=true
WORKDIR /var/lib/tributary
VOLUME /var/lib/tributary
ENTRYPOINT ["/opt/tributary/bin/tributary"]

FROM base AS coordinator
# An archive of the loaded classes: the coordinator starts faster.
RUN /opt/tributary/bin/tributary share-classes
USER tributary
EXPOSE 8080 9092
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=6 \
    CMD curl -fsS http://localhost:8080/actuator/health || curl -fsSk https://localhost:8080/actuator/health || exit 1
CMD ["coordinator"]

FROM base AS agent
COPY --from=build /training /opt/tributary/lib
COPY deploy/docker/connected /opt/tributary/bin/connected
COPY deploy/docker/simulated-agent /opt/tributary/bin/simulated-agent
USER tributary
HEALTHCHECK --interval=10s --timeout=3s --start-period=90s --retries=6 CMD ["/opt/tributary/bin/connected"]
CMD ["agent", "--config", "/etc/tributary/agent.yaml"]

# An agent that trains on NVIDIA GPUs: build with --build-arg MAVEN_PROFILES=gpu. CUDA 13, cuDNN 9 and NCCL come with the base.
FROM nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04 AS agent-gpu
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl libgomp1 libnccl2 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 tributary \
    && useradd --system --uid 10001 --gid tributary --home-dir /var/lib/tributary --shell /usr/sbin/nologin tributary \
    && install -d -o tributary -g tributary -m 0750 /var/lib/tributary
COPY --from=agent /opt/java/openjdk /opt/java/openjdk
COPY --from=agent /opt/tributary /opt/tributary
ENV OPT_OUT_TRACKING=true JAVA_HOME=/opt/java/openjdk PATH=/opt/java/openjdk/bin:$PATH
WORKDIR /var/lib/tributary
VOLUME /var/lib/tributary
USER tributary
HEALTHCHECK --interval=10s --timeout=3s --start-period=90s --retries=6 CMD ["/opt/tributary/bin/connected"]
ENTRYPOINT ["/opt/tributary/bin/tributary"]
CMD ["agent", "--config", "/etc/tributary/agent.yaml"]
