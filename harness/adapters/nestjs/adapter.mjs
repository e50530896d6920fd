import { send } from '../lib/application.mjs';
import { corsOptions } from '../lib/policy.mjs';
import { installed, refusing, speak } from '../lib/protocol.mjs';

await installed('reflect-metadata');
const { All, Controller, Module, Req, Res } = await installed('@nestjs/common');
const { NestFactory } = await installed('@nestjs/core');

await speak({
  name: 'NestJS',
  package: '@nestjs/core',
  homepage: 'https://docs.nestjs.com/security/cors',
  issues: 'https://github.com/nestjs/nest/issues',
  async start(policy, application, host) {
    const app = await NestFactory.create(subject(application), { logger: false });
    await refusing(() => app.enableCors(corsOptions(policy)));
    await app.listen(0, host);
    return app.getHttpServer();
  },
});

/** A module with one controller; decorators need a compiler, calling them does not. */
function subject(application) {
  class Subject {
    echo(request, response) {
      send(response, application.echo(request.url));
    }
    status(request, response) {
      send(response, application.status(request.url, request.params.code));
    }
    redirect(request, response) {
      send(response, application.redirect(request.url));
    }
    panic(request) {
      application.panic(request.url);
    }
  }
  const paths = { echo: '/echo', status: '/status/:code', redirect: '/redirect', panic: '/panic' };
  for (const [name, path] of Object.entries(paths)) {
    Req()(Subject.prototype, name, 0);
    Res()(Subject.prototype, name, 1);
    All(path)(Subject.prototype, name, Object.getOwnPropertyDescriptor(Subject.prototype, name));
  }
  Controller()(Subject);
  class Root {}
  Module({ controllers: [Subject] })(Root);
  return Root;
}
