/// <reference lib="webworker" />
import { setDefaultHandler } from 'workbox-routing';
import { NetworkOnly } from 'workbox-strategies';
import { isolated } from './isolated';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

setDefaultHandler(
  new NetworkOnly({
    plugins: [{ handlerWillRespond: ({ response }) => Promise.resolve(isolated(response)) }],
  }),
);
