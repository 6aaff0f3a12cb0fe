/** Starts the page. */
import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { routeOf } from './routes';
import { linkSecret, setupSecret } from './state/secret.svelte';

// Before anything is drawn or asked: the secret must not stay in the address bar, the history or a bookmark.
setupSecret.take();
linkSecret.take();

// The page of the address comes while the server is asked who this is.
routeOf(location.pathname)?.route.page().catch(() => undefined);

const target = document.getElementById('app');
if (target) mount(App, { target });
