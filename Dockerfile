# The server in a container. It needs an admin token, since other containers and machines can reach it:
#
#   docker build --tag mockserver .
#   docker run --rm --publish 127.0.0.1:8080:8080 --env MOCKSERVER_ADMIN_TOKEN=choose-one mockserver
#
# Every flag of `mockserver serve` has a variable; flags may follow the name of the image, after `serve`. The check of
# its health asks port 8080: with another port inside the container, set MOCKSERVER_URL too.

ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /src
RUN ["python", "-m", "venv", "/opt/mockserver"]
COPY constraints.txt ./
RUN ["/opt/mockserver/bin/pip", "install", "--no-cache-dir", "--requirement", "constraints.txt"]
COPY . ./
RUN ["/opt/mockserver/bin/pip", "install", "--no-cache-dir", "--constraint", "constraints.txt", "."]

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="analytics-mockserver" \
      org.opencontainers.image.description="A simulator of AI-analytics HTTP APIs, for building and testing their clients." \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/mockserver /opt/mockserver
ENV PATH=/opt/mockserver/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    MOCKSERVER_HOST=0.0.0.0
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["mockserver", "healthcheck"]
ENTRYPOINT ["mockserver"]
CMD ["serve"]
